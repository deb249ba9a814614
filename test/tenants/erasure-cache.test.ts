import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { CacheServer } from '../harness/redis/cache-server';
import { contentsOf } from '../harness/redis/contents';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair, type Service } from '../harness/stack/pair';

jest.setTimeout(120_000);
const folder = mkdtempSync(join(tmpdir(), 'flashcards-audit-'));
const AUDIT_FILE = join(folder, 'audit.jsonl');
let cache: CacheServer;
let pair: Pair;
let ann: MadeKey;
let bob: MadeKey;
beforeAll(async () => {
  cache = await CacheServer.start();
  pair = await Pair.start({
    cache,
    settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, ERASED_ON_DISK_SECONDS: 10, AUDIT_FILE },
  });
  [ann, bob] = [await makeKey(pair, 'ann'), await makeKey(pair, 'bob')];
});
afterEach(() => cache.mend());
afterAll(async () => {
  await pair.close();
  await cache.close();
  rmSync(folder, { recursive: true });
});

const textOf = (mark: string) => ({
  text: `The ${mark} beetle is an insect that lives in the tunnels of old wood. A ${mark} trap is a box that is used to count them.`,
  options: { cards: 3 },
});
const made = (mark: string, key = ann): Promise<Job> => pair.finished(textOf(mark), bearer(key));
/** A deck that the cache has. */
const cached = async (mark: string, key = ann): Promise<Job> => {
  const job = await made(mark, key);
  await eventually(async () => expect(await inCache(mark)).not.toEqual([]));
  return job;
};
const inCache = (mark: string) => holding(cache.redis.url, mark);
const holding = async (url: string, mark: string): Promise<string[]> =>
  [...(await contentsOf(url))].filter(([name, value]) => `${name} ${value}`.includes(mark)).map(([name]) => name);
const audited = (action: string): Record<string, unknown>[] =>
  readFileSync(AUDIT_FILE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['action'] === action);

interface Receipt {
  readonly erasure_id: string;
  readonly status: 'erasing' | 'done';
  readonly jobs: number;
  readonly cached_results_left: number;
  readonly done_at: string | null;
}
const eraseAll = async (key = ann): Promise<string> =>
  ((await pair.call('DELETE', '/v1/data', undefined, bearer(key))).body as Receipt).erasure_id;
const receiptOf = async (id: string, key = ann): Promise<Receipt> =>
  (await pair.call('GET', `/v1/data/erasures/${id}`, undefined, bearer(key))).body as Receipt;
/** Another process in place of the first, with a log of its own. */
const restart = async (services: Service[], start: () => Promise<Service>): Promise<Service> => {
  for (const service of services.splice(0)) await service.stop('SIGKILL');
  return start();
};
/** Nothing of a text is anywhere that we write to. */
const expectNoTrace = async (mark: string): Promise<void> => {
  for (const redis of [pair.redis, cache.redis]) expect(await holding(redis.url, mark)).toEqual([]);
  // It is rewritten within seconds, so long after this erasure.
  await eventually(() => expect(pair.redis.dump()).not.toContain(mark), 40_000);
  expect(readFileSync(AUDIT_FILE, 'utf8')).not.toContain(mark);
  for (const { lines } of [...pair.apis, ...pair.workers]) expect(lines.join('\n')).not.toContain(mark);
};

test("with the cache's Redis cut away, an erasure of all data is done only once it is back, also after a restart", async () => {
  await cached('Cutmarkus');
  const kept = await cached('Bobmarkus', bob);
  cache.cut();
  const id = await eraseAll();
  await eventually(async () => expect(await holding(pair.redis.url, 'Cutmarkus')).toEqual([]));
  await eventually(async () =>
    expect(await receiptOf(id)).toMatchObject({ status: 'erasing', jobs: 1, cached_results_left: 1, done_at: null }),
  );
  expect(audited('data.erased')).toEqual([]);
  // Only the cache is waited for: the tenant may submit again.
  const during = await eventually(() => made('Duringmarkus'));
  expect(during).toMatchObject({ status: 'completed', cache: 'miss' });

  await restart(pair.apis, () => pair.addApi());
  expect(await receiptOf(id)).toMatchObject({ status: 'erasing', cached_results_left: 1 });
  cache.mend();
  await eventually(
    async () => expect(await receiptOf(id)).toMatchObject({ status: 'done', cached_results_left: 0 }),
    60_000,
  );
  expect(audited('data.erased')).toEqual([
    expect.objectContaining({
      tenant: 'ann',
      actor: ann.id,
      target: id,
      outcome: 'done',
      details: expect.objectContaining({ jobs: 1 }) as object,
    }),
  ]);
  await expectNoTrace('Cutmarkus');
  expect(await made('Cutmarkus')).toMatchObject({ status: 'completed', cache: 'miss' });
  expect((await pair.call('GET', `/v1/jobs/${kept.id}`, undefined, bearer(bob))).status).toBe(200);
  expect(await made('Bobmarkus', bob)).toMatchObject({ cache: 'hit' });
});

test('while the cache answers and cannot remove, no erased deck is served, of one job or of all, and each receipt waits', async () => {
  const one = await cached('Onemarkus');
  await cached('Allmarkus', bob);
  await cached('Keptmarkus');
  await cache.redis.command('ACL', 'SETUSER', 'api', '-del', '-unlink');
  expect((await pair.call('DELETE', `/v1/jobs/${one.id}`, undefined, bearer(ann))).status).toBe(204);
  expect(await inCache('Onemarkus')).not.toEqual([]);
  expect(await made('Onemarkus')).toMatchObject({ status: 'completed', cache: 'miss' });
  const all = await eraseAll(bob);
  expect(await eventually(() => made('Allmarkus', bob))).toMatchObject({ status: 'completed', cache: 'miss' });
  expect(await made('Keptmarkus')).toMatchObject({ cache: 'hit' });
  // What was made after the erasure is cached again.
  expect(await made('Onemarkus')).toMatchObject({ cache: 'hit' });
  expect(await made('Allmarkus', bob)).toMatchObject({ cache: 'hit' });
  const [receipts, ofBob] = [audited('job.erased'), audited('data.erased').filter(({ tenant }) => tenant === 'bob')];
  expect([receipts, ofBob]).toEqual([[], []]);

  await cache.redis.command('ACL', 'SETUSER', 'api', '+del', '+unlink');
  await eventually(
    () =>
      expect(audited('job.erased')).toEqual([
        expect.objectContaining({ tenant: 'ann', actor: ann.id, target: one.id, outcome: 'done' }),
      ]),
    60_000,
  );
  await eventually(async () => expect(await receiptOf(all, bob)).toMatchObject({ status: 'done' }), 60_000);
});

test('a deck that a late worker caches after the erasure of its job is never served', async () => {
  const worker = await restart(pair.workers, () => pair.addWorker());
  await cached('Earlymarkus');
  cache.ways.worker.blackHole();
  const job = await made('Latemarkus');
  // The worker has given up on the cache and is done with the job. The network has not given up.
  await eventually(() => expect(worker.events('job.completed').map(({ job_id }) => job_id)).toContain(job.id));
  expect(worker.events('cache.failed')).not.toEqual([]);
  expect((await pair.call('DELETE', `/v1/jobs/${job.id}`, undefined, bearer(ann))).status).toBe(204);
  await eventually(() => expect(audited('job.erased').map(({ target }) => target)).toContain(job.id));
  cache.ways.worker.release();
  await eventually(async () => expect(await inCache('Latemarkus')).not.toEqual([]));
  expect(await made('Latemarkus')).toMatchObject({ status: 'completed', cache: 'miss' });
});

test('a receipt has times and counts, and only its tenant can read it, with the scope data:erase', async () => {
  await made('Receiptmarkus');
  const answer = await pair.call('DELETE', '/v1/data', undefined, bearer(ann));
  const { erasure_id } = answer.body as Receipt;
  expect([answer.status, answer.headers.get('location')]).toEqual([202, `/v1/data/erasures/${erasure_id}`]);
  expect(answer.body).toMatchObject({ status: 'erasing', jobs: 0, done_at: null });
  await eventually(async () => expect((await receiptOf(erasure_id)).status).toBe('done'));
  const receipt = await receiptOf(erasure_id);
  expect(receipt).toEqual({
    ...(answer.body as Receipt),
    status: 'done',
    jobs: expect.any(Number) as number,
    done_at: expect.stringMatching(/Z$/) as string,
  });
  expect(receipt.jobs).toBeGreaterThan(0);
  const statusFor = async (id: string, key: MadeKey) =>
    (await pair.call('GET', `/v1/data/erasures/${id}`, undefined, bearer(key))).status;
  expect(await statusFor(erasure_id, bob)).toBe(404);
  expect(await statusFor('era_none', ann)).toBe(404);
  expect(await statusFor(erasure_id, await makeKey(pair, 'ann', '--scopes', 'jobs:read,jobs:write'))).toBe(403);
});
