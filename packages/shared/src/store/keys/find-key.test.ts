import { useKeyspace } from '../../../../../test/harness/redis/keyspace';
import { createAccessStore } from './key-store';

const keyspace = useKeyspace();
const key = {
  id: 'k1',
  tenant: 'ann',
  name: 'laptop',
  scopes: ['jobs:read'],
  created: 5,
  expires: null,
  hash: 'h',
} as const;

test('a key is found with the limits of its tenant and its last use', async () => {
  const store = createAccessStore(keyspace.redis, keyspace.prefix);
  await store.add(key);
  expect(await store.find('k1')).toEqual({
    ...key,
    rotatedTo: null,
    lastUsed: null,
    limits: {},
    clock: { redis: expect.any(Number), monotonic: expect.any(Number) },
  });
  await store.setLimits('ann', { open_jobs: 3 });
  await store.used(new Map([['k1', 1_764_000_000_000]]));
  expect(await store.find('k1')).toMatchObject({ lastUsed: 1_764_000_000_000, limits: { open_jobs: 3 } });
});

test('an unknown key is not found', async () => {
  expect(await createAccessStore(keyspace.redis, keyspace.prefix).find('k2')).toBeNull();
});
