import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { RedisServer } from '../harness/redis/redis-server';

jest.setTimeout(90_000);
let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 0, workers: 0, settings: { MAX_WAIT_SECONDS: 0 } });
});
afterAll(() => pair.close());

/** A job whose record is large and whose work is small. */
const FAT = Object.fromEntries(Array.from({ length: 16 }, (_none, i) => [`field-${i}`, '字'.repeat(256)]));

async function memory(): Promise<{ used: number; max: number }> {
  const info = (await pair.redis.command('INFO', 'memory')) as string;
  const number = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
  return { used: number('used_memory'), max: number('maxmemory') };
}
/** How often Redis was asked to run a script. */
async function scriptsRun(): Promise<number> {
  const stats = (await pair.redis.command('INFO', 'commandstats')) as string;
  return Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(stats)?.[1]);
}
const share = async (): Promise<number> => {
  const { used, max } = await memory();
  return used / max;
};

test('a Redis that fills up is never filled: submits get an honest 503, repeats their job, and all that was accepted drains', async () => {
  const { used } = await memory();
  await pair.redis.command('CONFIG', 'SET', 'maxmemory', String(Math.ceil((used + 2_500_000) / 0.7)));
  // After the limit: a replica looks four times a second, and one that still sees no limit fills this one in less.
  await pair.addApi();
  const accepted: string[] = [];
  const early = { text: 'Slate is a rock that was accepted early.', options: { cards: 1 }, metadata: FAT };
  const repeat = (body: object = early) => pair.call('POST', '/v1/jobs', body, { 'Idempotency-Key': 'early' });
  const { id: earlyId } = (await repeat()).body as Job;
  let max = 0;
  let refused = 0;
  for (let round = 0; refused < 20 && round < 200; round += 1) {
    const post = (i: number) =>
      pair.call('POST', '/v1/jobs', {
        text: `Basalt number ${round}.${i} is a dark rock.`,
        options: { cards: 1 },
        metadata: FAT,
      });
    for (const { status, body, headers } of await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(post))) {
      if (status === 202) accepted.push((body as Job).id);
      else {
        refused += 1;
        expect([status, (body as { code: string }).code]).toEqual([503, 'overloaded']);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }
    max = Math.max(max, await share());
  }
  expect(refused).toBeGreaterThanOrEqual(20);
  expect(accepted.length).toBeGreaterThan(20);
  expect(max).toBeLessThan(0.75);

  // A refusal costs no round trip: Redis is asked only for the few that fit again.
  const before = await scriptsRun();
  let letIn = 0;
  for (let i = 0; i < 100; i += 1)
    if ((await pair.call('POST', '/v1/jobs', { text: 'Granite is a rock.', metadata: FAT })).status === 202) letIn += 1;
  expect(letIn).toBeLessThan(50);
  expect((await scriptsRun()) - before).toBeLessThan(50);

  // What a replica counts for what it let in is more than Redis needs, so now and then one fits again.
  await eventually(async () => {
    const another = await pair.call('POST', '/v1/jobs', early, { 'Idempotency-Key': `another ${Math.random()}` });
    expect(another.body).toMatchObject({ code: 'overloaded' });
  });
  // Who repeats its key asks for nothing new.
  const again = await repeat();
  expect([again.status, (again.body as Job).id, again.headers.get('idempotent-replayed')]).toEqual([
    202,
    earlyId,
    'true',
  ]);
  expect((await repeat({ ...early, text: 'Another text under the same key.' })).body).toMatchObject({
    code: 'idempotency_mismatch',
  });

  await pair.addWorker();
  await Promise.all(
    accepted.map((id) =>
      eventually(async () => {
        const { body } = await pair.call('GET', `/v1/jobs/${id}`);
        expect(['completed', 'failed']).toContain((body as Job).status);
      }, 60_000),
    ),
  );
  await pair.redis.command('CONFIG', 'SET', 'maxmemory', '0');
  await eventually(async () => expect((await pair.call('POST', '/v1/jobs', { text: 'Room again.' })).status).toBe(202));
});

test('past the longest wait that is allowed a submit is refused', async () => {
  const api = await pair.addApi({ MAX_WAIT_SECONDS: 1 });
  await Promise.all(pair.workers.map((worker) => worker.stop()));
  const post = () => pair.call('POST', '/v1/jobs', { text: `Waits ${Math.random()}.` }, {}, api.url);
  expect((await post()).status).toBe(202);
  await eventually(async () => expect((await post()).body).toMatchObject({ code: 'overloaded' }));
});

test('neither service starts on a Redis that may evict accepted jobs', async () => {
  const evicting = await RedisServer.start();
  await evicting.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  const settings = { REDIS_URL: evicting.url };
  await expect(pair.addApi(settings)).rejects.toThrow(/ended with 78: .*maxmemory-policy allkeys-lru/s);
  await expect(pair.addWorker(settings)).rejects.toThrow(/ended with 78: .*maxmemory-policy allkeys-lru/s);
  await evicting.remove();
});
