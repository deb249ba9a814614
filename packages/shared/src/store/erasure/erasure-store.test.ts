import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';
import { createErasureStore } from './erasure-store';

const keyspace = useKeyspace();
const erasure = {
  id: 'e-1',
  tenant: 'ann',
  actor: 'root',
  from: '127.0.0.1',
  request_id: 'r "1"',
  asked: 1_764_000_000_000,
};
const erasures = () => createErasureStore(keyspace.redis, keyspace.prefix);
const nobodyWorks = (id: string) => keyspace.redis.zadd('{test}:erasures-owed', 0, id);

test('an erasure is open from its begin to its end, and a second one joins it', async () => {
  const store = erasures();
  expect(await store.begin(erasure)).toEqual(erasure);
  expect(await store.begin({ ...erasure, id: 'e-2' })).toEqual(erasure);
  expect(await store.open()).toEqual([erasure]);
  expect(await keyspace.redis.hget('{test}:counts', 'erasing')).toBe('1');
  expect(await store.end({ ...erasure, id: 'e-2' })).toBe(false);
  expect(await store.end(erasure)).toBe(true);
  expect(await store.end(erasure)).toBe(false);
  expect(await store.open()).toEqual([]);
  expect(await keyspace.redis.hget('{test}:counts', 'erasing')).toBe('0');
});

test('one replica at a time works at an erasure', async () => {
  const store = erasures();
  const held = [];
  for (const replica of ['a', 'b', 'a']) held.push(await store.hold(erasure, replica));
  expect(held).toEqual([true, false, true]);
});

test('an erasure is owed its receipt until its cached results are removed, and is not done before', async () => {
  const store = erasures();
  await storeIn(keyspace).submit(admissionOf('job-1', { cacheKey: 'key' }));
  await store.begin(erasure);
  await nobodyWorks('e-1');
  expect(await store.owed()).toEqual([]); // its jobs come first
  await storeIn(keyspace).erase('job-1', 'ann', { id: 'e-1' });
  await store.end(erasure);
  const { id, asked } = erasure;
  expect(await store.receipt('e-1', 'ann')).toEqual({ id, asked, done: null, jobs: 1, resultsLeft: 1 });
  await nobodyWorks('e-1');
  expect(await store.owed()).toEqual([erasure]);
  expect(await store.results('e-1', ['key'])).toEqual({ left: [], jobs: 1 });
  await store.close('e-1');
  expect(await store.owed()).toEqual([]);
  const receipt = { id, asked, done: expect.any(Number) as number, jobs: 1, resultsLeft: 0 };
  expect(await store.receipt('e-1', 'ann')).toEqual(receipt);
  expect(await store.receipt('e-1', 'bob')).toBeNull();
  expect(await keyspace.redis.ttl('{test}:erasure:e-1')).toBeGreaterThan(29 * 86_400);
});

test('an erasure that an older version began owes its receipt too', async () => {
  const store = erasures();
  await keyspace.redis.hset('{test}:erasures', 'ann', JSON.stringify(erasure));
  await store.end(erasure);
  await nobodyWorks('e-1');
  expect(await store.owed()).toEqual([erasure]);
});

test('the receipts of a tenant who erases again and again are the last hundred', async () => {
  const store = erasures();
  for (let i = 0; i < 102; i += 1) {
    await store.begin({ ...erasure, id: `e-${i}` });
    await store.end({ ...erasure, id: `e-${i}` });
    await store.close(`e-${i}`);
    await store.close(`e-${i}`); // a repeat counts once
  }
  const kept = await Promise.all([0, 1, 2, 101].map(async (i) => (await store.receipt(`e-${i}`, 'ann'))?.id ?? null));
  expect(kept).toEqual([null, null, 'e-2', 'e-101']);
});

test('an epoch only rises, also where the clock goes back', async () => {
  await keyspace.redis.set('{test}:erasure-epoch:ann', 9_000_000_000_000);
  await erasures().raiseEpoch('ann');
  expect(await keyspace.redis.get('{test}:erasure-epoch:ann')).toBe('9000000000001');
});
