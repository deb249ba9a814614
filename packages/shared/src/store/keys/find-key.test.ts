import { useKeyspace } from '../../../../../test/harness/redis/keyspace';
import { createAccessStore } from './key-store';

const keyspace = useKeyspace();
const fields = {
  tenant: 'ann',
  name: 'laptop',
  scopes: 'jobs:read',
  created: '5',
  expires: '',
  rotated_to: '',
  hash: 'h',
};
const unsigned = { limits: '', limitsMac: '', allSigned: '' };

test('a key is found with the limits of its tenant, its last use, and what is signed of them', async () => {
  const store = createAccessStore(keyspace.redis, keyspace.prefix);
  await store.add('k1', fields, 'signature');
  expect(await store.find('k1')).toEqual({
    id: 'k1',
    tenant: 'ann',
    name: 'laptop',
    scopes: ['jobs:read'],
    created: 5,
    expires: null,
    rotatedTo: null,
    lastUsed: null,
    hash: 'h',
    stored: { fields, mac: 'signature', ...unsigned },
    clock: { redis: expect.any(Number), monotonic: expect.any(Number) },
  });
  const signed = { limits: '{"open_jobs":3}', limitsMac: 'of limits', allSigned: 'of all' };
  await store.setLimits('ann', signed.limits, signed.limitsMac);
  await store.markAllSigned(signed.allSigned);
  await store.used(new Map([['k1', 1_764_000_000_000]]));
  expect(await store.find('k1')).toMatchObject({
    lastUsed: 1_764_000_000_000,
    stored: signed,
  });
  expect(await store.limits('ann')).toEqual(signed);
  expect(await store.limits('bob')).toEqual({ ...unsigned, allSigned: 'of all' });
});

test('a key of a version that signed nothing is found without a signature', async () => {
  const { redis, prefix } = keyspace;
  await redis.hset(`${prefix}:key:k1`, { tenant: 'ann', name: '', scopes: 'admin', created: 5, expires: 9, hash: 'h' });
  expect(await createAccessStore(redis, prefix).find('k1')).toMatchObject({
    scopes: ['admin'],
    expires: 9,
    stored: { mac: '', ...unsigned },
  });
});

test('an unknown key is not found', async () => {
  expect(await createAccessStore(keyspace.redis, keyspace.prefix).find('k2')).toBeNull();
});
