import type { Job } from '@flashcards/shared/contract/job';
import { verifyAudit } from '@flashcards/shared/runtime/audit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentsOf } from '../harness/redis/contents';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { Receiver } from '../harness/servers/receiver';

jest.setTimeout(90_000);
const folder = mkdtempSync(join(tmpdir(), 'flashcards-audit-'));
const AUDIT_FILE = join(folder, 'audit.jsonl');
let pair: Pair;
let receiver: Receiver;
let ann: MadeKey;
let bob: MadeKey;
beforeAll(async () => {
  receiver = await Receiver.start();
  const settings = { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8', AUDIT_FILE };
  pair = await Pair.start({ apis: 2, settings });
  [ann, bob] = [await makeKey(pair, 'ann'), await makeKey(pair, 'bob')];
});
afterAll(async () => {
  await pair.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const MARK = 'Zyxomarkus';
const marked = (mark: string, more: object = {}) => ({
  text: `The ${mark} beetle is an insect that lives in the tunnels of old wood. A ${mark} trap is a box that is used to count them.`,
  options: { cards: 3, focus: `What a ${mark} is`, title: `All of ${mark}`, tags: [`tag-${mark}`] },
  metadata: { course: `About ${mark}` },
  ...more,
});
const holding = async (mark: string): Promise<string[]> =>
  [...(await contentsOf(pair.redis.url))]
    .filter(([key, value]) => `${key} ${value}`.includes(mark))
    .map(([key]) => key);

test("erasing one's data leaves none of it in Redis, refuses submits meanwhile, and touches nobody else's", async () => {
  await pair.finished(marked(MARK), bearer(ann));
  await pair.finished(marked(MARK), bearer(ann)); // from the cache
  await pair.submit(marked(MARK, { webhook: { url: receiver.url(`/${MARK}`) } }), bearer(ann));
  await eventually(() => expect(receiver.received).toHaveLength(1));
  const kept = await pair.finished(marked('Bobmarkus'), bearer(bob));
  for (const worker of pair.workers) worker.signal('SIGSTOP');
  const waiting = await pair.submit(marked(`${MARK}-waiting`), bearer(ann));
  expect((await holding(MARK)).length).toBeGreaterThan(3);

  const answer = await pair.call('DELETE', '/v1/data', undefined, bearer(ann));
  expect([answer.status, (answer.body as { status: string }).status]).toEqual([202, 'erasing']);
  const { erasure_id } = answer.body as { erasure_id: string };
  await eventually(async () => expect(await holding(MARK)).toEqual([]), 60_000);
  for (const worker of pair.workers) worker.signal('SIGCONT');

  expect((await pair.call('GET', `/v1/jobs/${waiting.id}`, undefined, bearer(ann))).status).toBe(404);
  expect((await pair.call('GET', '/v1/jobs', undefined, bearer(ann))).body).toMatchObject({ jobs: [] });
  expect((await pair.call('GET', `/v1/jobs/${kept.id}`, undefined, bearer(bob))).body).toMatchObject({
    status: 'completed',
  });
  await eventually(() => {
    const records = readFileSync(AUDIT_FILE, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(records).toContainEqual(
      expect.objectContaining({
        action: 'data.erased', tenant: 'ann', actor: ann.id, target: erasure_id, outcome: 'done',
        details: expect.objectContaining({ jobs: 4, stays: ['api_keys', 'budget_counters', 'tombstones', 'erasure_receipts'] }) as object,
      }),
    ); // prettier-ignore
  });
  expect(readFileSync(AUDIT_FILE, 'utf8')).not.toContain(MARK);
  expect(await verifyAudit(AUDIT_FILE)).toMatchObject({ broken: null });
  await eventually(async () => expect((await pair.finished(marked('Again'), bearer(ann))).status).toBe('completed'));
});

test('while data is erased its tenant may not submit, and others may; an erasure whose replica died is taken over', async () => {
  const erasure = {
    id: 'era_of_a_dead_replica',
    tenant: 'ann',
    actor: 'k',
    from: '::1',
    request_id: 'r',
    asked: Date.now(),
  };
  await pair.submit(marked('Leftover'), bearer(ann));
  await pair.redis.command('SET', '{flashcards}:erasure-held:ann', 'a replica that died', 'PX', '2000');
  await pair.redis.command('HSET', '{flashcards}:erasures', 'ann', JSON.stringify(erasure));
  await pair.redis.command('SET', '{flashcards}:erasing:ann', '1');
  await pair.redis.command('HSET', '{flashcards}:counts', 'erasing', '1');
  const refused = await pair.call('POST', '/v1/jobs', marked('Never'), bearer(ann));
  expect([refused.status, (refused.body as { code: string }).code]).toEqual([409, 'conflict']);
  expect((await pair.call('POST', '/v1/jobs', marked('Other'), bearer(bob))).status).toBe(202);
  await eventually(async () => expect(await holding('Leftover')).toEqual([]), 30_000);
  await eventually(async () => {
    const { status } = await pair.call('POST', '/v1/jobs', marked('Afterwards'), bearer(ann));
    expect(status).toBeLessThan(300);
  });
});

test('a key without the scope data:erase erases nothing', async () => {
  const reader = await makeKey(pair, 'bob', '--scopes', 'jobs:read,jobs:write');
  expect((await pair.call('DELETE', '/v1/data', undefined, bearer(reader))).status).toBe(403);
  const { body } = await pair.call('GET', '/v1/jobs', undefined, bearer(bob));
  expect((body as { jobs: Job[] }).jobs.length).toBeGreaterThan(0);
});
