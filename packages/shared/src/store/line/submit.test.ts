import {
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';
import type { CachedResult } from '../decks/result-cache';
import { createErasureStore } from '../erasure/erasure-store';

const keyspace = useKeyspace();
const record = (id: string) => keyspace.redis.hgetall(`{test}:job:${id}`);

test('a submit writes what is not as usual, and nothing else', async () => {
  const store = storeIn(keyspace);
  const admitted = await store.submit(admissionOf('job-1'));
  expect(admitted).toMatchObject({ kind: 'made', status: 'queued', remaining: null, queuePosition: { position: 1 } });
  expect(Object.keys(await record('job-1')).sort()).toEqual([
    'created',
    'deadline',
    'seq',
    'status',
    'tenant',
    'wanted',
  ]);
});

test('all that a submit carries is in its record', async () => {
  const store = storeIn(keyspace);
  const submit = { priority: 'bulk', webhook: { url: 'https://a.example/', events: ['job.failed'] } } as const;
  await store.submit(
    admissionOf('job-1', {
      submit,
      cacheKey: 'key',
      flightKey: 'flight',
      bodyHash: 'hash',
      retryOf: 'job-0',
      trace: '00-0a',
    }),
  );
  expect(await record('job-1')).toMatchObject({
    key: 'key',
    flight: 'flight',
    class: '2',
    body: 'hash',
    hook: 'failed https://a.example/',
    retry_of: 'job-0',
    trace: '00-0a',
  });
});

test('a repeat gets the job it made, and another body is a mismatch', async () => {
  const store = storeIn(keyspace);
  const outcomes = [];
  for (const bodyHash of ['a', 'a', 'b']) outcomes.push((await store.submit(admissionOf('job-1', { bodyHash }))).kind);
  expect(outcomes).toEqual(['made', 'replayed', 'mismatch']);
  await keyspace.redis.del('{test}:job:job-1');
  await keyspace.redis.set('{test}:tomb:job-1', 'completed ann 1 2');
  expect((await store.submit(admissionOf('job-1', { bodyHash: 'a' }))).kind).toBe('gone');
});

test('a limit counts down, then says when the next may pass', async () => {
  const store = storeIn(keyspace);
  const answers = [];
  for (const id of ['job-1', 'job-2', 'job-3'])
    answers.push(await store.submit(admissionOf(id, { limitPerMinute: 2 })));
  expect(answers.map(({ kind, remaining }) => [kind, remaining])).toEqual([
    ['made', 1],
    ['made', 0],
    ['limited', 0],
  ]);
  const [, , last] = answers;
  expect(last?.kind === 'limited' && last.retryAfterSeconds).toBeGreaterThan(50);
});

test('a tenant past its open jobs is refused by the name of the policy', async () => {
  const store = storeIn(keyspace);
  const policies = { openJobs: 1, tokensPerDay: 0, nanoPerDay: 0, bound: { tokens: 0, nano: 0 } };
  await store.submit(admissionOf('job-1', { policies }));
  expect(await store.submit(admissionOf('job-2', { policies }))).toMatchObject({
    kind: 'refused',
    policy: 'jobs-open',
    retryAfterSeconds: 5,
  });
});

test('a tenant that has stored all that it may is refused, also a cached deck, and another tenant is not', async () => {
  const store = storeIn(keyspace);
  const limited = { maxStoredBytes: 1_000, submit: { text: 'Basalt. '.repeat(100) } };
  expect(await store.submit(admissionOf('job-1', limited))).toMatchObject({ kind: 'made' });
  const result = resultOf([cardOf(1)]);
  await store.take('job-1');
  await store.finish('job-1', 1, { status: 'completed', result, usage: usageOf(1) });
  const refused = { kind: 'refused', policy: 'stored-bytes' };
  expect(await store.submit(admissionOf('job-2', limited))).toMatchObject(refused);
  expect(await store.submit(admissionOf('job-3', { ...limited, result }))).toMatchObject(refused);
  expect(await store.submit(admissionOf('job-4', { ...limited, tenant: 'bob' }))).toMatchObject({ kind: 'made' });
});

test('what is stored by several jobs of one call counts for each of them', async () => {
  const store = storeIn(keyspace);
  const limited = { maxStoredBytes: 1_000, submit: { text: 'Basalt. '.repeat(100) } };
  const jobs = ['job-1', 'job-2', 'job-3'].map((id) => store.submit(admissionOf(id, limited)));
  expect((await Promise.all(jobs)).map(({ kind }) => kind)).toEqual(['made', 'made', 'refused']);
});

test('a tenant whose oldest job waits too long is refused, and another tenant is not', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await keyspace.redis.zadd('{test}:waiting:ann', 1e13 + Date.now() - 5_000, 'job-1');
  expect(await store.submit(admissionOf('job-2', { maxWaitMs: 2_000 }))).toMatchObject({ kind: 'overdue' });
  expect(await store.submit(admissionOf('job-3', { maxWaitMs: 60_000 }))).toMatchObject({ kind: 'made' });
  expect(await store.submit(admissionOf('job-4', { maxWaitMs: 2_000, tenant: 'bob' }))).toMatchObject({ kind: 'made' });
});

test('a full line and a tenant that is erased refuse', async () => {
  const store = storeIn(keyspace);
  expect((await store.submit(admissionOf('job-1', { maxWaiting: 0 }))).kind).toBe('overloaded');
  await keyspace.redis.set('{test}:erasing:ann', 1);
  await keyspace.redis.hset('{test}:counts', 'erasing', 1);
  expect((await store.submit(admissionOf('job-1'))).kind).toBe('erasing');
});

test('a cached result is offered, and a job that is submitted with one has ended', async () => {
  const store = storeIn(keyspace);
  const result = resultOf([cardOf(1), cardOf(2)]);
  await keyspace.redis.set('{test}:cache:key', JSON.stringify(result));
  const offered = await store.submit(admissionOf('job-1', { cacheKey: 'key', look: true }));
  expect(offered).toMatchObject({ kind: 'cached', result });
  expect(await store.submit(admissionOf('job-1', { cacheKey: 'key', result }))).toMatchObject({
    kind: 'made',
    status: 'completed',
  });
  expect(await record('job-1')).toMatchObject({ cache: 'hit', seq: '4', result: JSON.stringify(result) });
});

/** A job that completes, and caches its deck. */
async function cachedBy(id: string): Promise<void> {
  const store = storeIn(keyspace);
  await store.submit(admissionOf(id, { cacheKey: 'key' }));
  const run = await store.take(id);
  const ending = { status: 'completed', result: resultOf([cardOf(1)]), usage: usageOf(1) } as const;
  await store.finish(id, 1, ending, { cacheKey: 'key', epoch: run?.epoch ?? 0 });
}

const erasing = {
  'of its job': (id: string) => storeIn(keyspace).erase(id, 'ann'),
  'of all data': () => createErasureStore(keyspace.redis, keyspace.prefix).raiseEpoch('ann'),
};
test.each(Object.entries(erasing))(
  'a result from before an erasure %s is never served, and one from after it is',
  async (_what, erase) => {
    const store = storeIn(keyspace);
    const look = (id: string) => store.submit(admissionOf(id, { cacheKey: 'key', look: true }));
    const give = (id: string, { result, epoch }: CachedResult) =>
      store.submit(admissionOf(id, { cacheKey: 'key', result, epoch }));
    // The second erasure is of a result that has an epoch.
    for (const round of ['first', 'second']) {
      await cachedBy(`${round}-made`);
      const cached = await look(`${round}-before`);
      if (cached.kind !== 'cached') throw new Error(`nothing is cached, but ${cached.kind}`);
      expect(await give(`${round}-hit`, cached)).toMatchObject({ kind: 'made', status: 'completed' });
      const names = await keyspace.redis.keys('{test}:cache:*');
      const stored = await keyspace.redis.mget(...names);
      await erase(`${round}-made`);
      // A worker that is late puts it there again.
      for (const [i, name] of names.entries()) await keyspace.redis.set(name, stored[i] ?? '');
      const looked = await look(`${round}-looked`);
      const given = await give(`${round}-given`, cached);
      expect([looked, given]).toMatchObject([{ status: 'queued' }, { status: 'queued' }]);
      expect(await record(`${round}-given`)).not.toHaveProperty('result');
    }
  },
);

test('an identical job in flight shares its call', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { flightKey: 'same', trace: '00-leader' }));
  const follower = await store.submit(admissionOf('job-2', { flightKey: 'same', trace: '00-follower' }));
  expect(follower).toMatchObject({ kind: 'made', status: 'collapsed', leaderTrace: '00-leader' });
});
