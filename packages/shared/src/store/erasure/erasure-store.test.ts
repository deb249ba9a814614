import { useKeyspace } from '../../../../../test/harness/redis/keyspace';
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

test('an erasure is open from its begin to its end, and a second one joins it', async () => {
  const store = createErasureStore(keyspace.redis, keyspace.prefix);
  expect(await store.begin(erasure)).toEqual(erasure);
  expect(await store.begin({ ...erasure, id: 'e-2' })).toEqual(erasure);
  expect(await store.open()).toEqual([erasure]);
  expect(await keyspace.redis.hget('{test}:counts', 'erasing')).toBe('1');
  await store.end(erasure);
  expect(await store.open()).toEqual([]);
  expect(await keyspace.redis.hget('{test}:counts', 'erasing')).toBe('0');
});

test('one replica at a time works at an erasure', async () => {
  const store = createErasureStore(keyspace.redis, keyspace.prefix);
  const held = [];
  for (const replica of ['a', 'b', 'a']) held.push(await store.hold(erasure, replica));
  expect(held).toEqual([true, false, true]);
});
