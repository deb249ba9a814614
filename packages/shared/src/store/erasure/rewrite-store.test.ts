import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';
import { createRewriteStore } from './rewrite-store';

const keyspace = useKeyspace();
const NOW = { restMs: 0, patienceMs: 0, holdMs: 60_000 };
const erase = async (id: string) => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf(id));
  await store.erase(id, 'ann');
};
/** As if a minute had passed. */
const released = () => keyspace.redis.del('{test}:rewrite-held');

test('a rewrite is due after an erasure, and not again until another one', async () => {
  const store = createRewriteStore(keyspace.redis, keyspace.prefix);
  expect(await store.begin(NOW)).toBeNull();
  await erase('job-1');
  const last = await store.begin(NOW);
  expect(Number(last)).toBeGreaterThan(1_700_000_000_000);
  expect(await store.end(last as string)).toBe(true);
  await released();
  expect(await store.begin(NOW)).toBeNull();
});

test('between two rewrites there is the time that is asked for, however much is erased', async () => {
  const store = createRewriteStore(keyspace.redis, keyspace.prefix);
  await erase('job-1');
  await store.end((await store.begin(NOW)) as string);
  for (const id of ['job-2', 'job-3']) await erase(id);
  expect(await store.begin(NOW)).toBeNull();
  await store.again(1);
  await released();
  expect(await store.begin(NOW)).not.toBeNull();
});

test('what is erased while Redis rewrites is owed once more', async () => {
  const store = createRewriteStore(keyspace.redis, keyspace.prefix);
  await erase('job-1');
  await keyspace.redis.hset('{test}:rewrite-owed', { last: 5, since: 5 });
  const last = await store.begin(NOW);
  await erase('job-2');
  expect(await store.end(last as string)).toBe(false);
  const owed = await keyspace.redis.hgetall('{test}:rewrite-owed');
  expect(owed['since']).toBe(owed['last']);
  await released();
  expect(await store.begin(NOW)).toBe(owed['last']);
});

test('a rewrite waits until erasures rest, and not for ever', async () => {
  const store = createRewriteStore(keyspace.redis, keyspace.prefix);
  await erase('job-1');
  expect(await store.begin({ ...NOW, restMs: 60_000, patienceMs: 120_000 })).toBeNull();
  await keyspace.redis.hset('{test}:rewrite-owed', 'since', Date.now() - 120_000);
  expect(await store.begin({ ...NOW, restMs: 60_000, patienceMs: 120_000 })).not.toBeNull();
});

test('without a job to erase nothing is owed', async () => {
  await storeIn(keyspace).erase('never-was', 'ann');
  expect(await keyspace.redis.exists('{test}:rewrite-owed')).toBe(0);
});
