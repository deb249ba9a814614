import { useKeyspace } from '../../../../../test/harness/redis/keyspace';
import { createAccessStore } from './key-store';

const keyspace = useKeyspace();
const fields = { tenant: 'ann', name: '', scopes: 'jobs:read', created: '5', expires: '', rotated_to: '', hash: 'h' };
const storeWithKey = async () => {
  const store = createAccessStore(keyspace.redis, keyspace.prefix);
  await store.add('k1', fields, 'signed');
  return store;
};

test('a key is rotated once, with its end and its signature', async () => {
  const store = await storeWithKey();
  expect(await store.change('k1', { rotated_to: 'k2', expires: '9.5', mac: 'signed again' })).toBe(true);
  expect(await store.find('k1')).toMatchObject({
    rotatedTo: 'k2',
    expires: 9.5,
    stored: { fields: { ...fields, rotated_to: 'k2', expires: '9.5' }, mac: 'signed again' },
  });
  expect(await store.change('k1', { rotated_to: 'k3', expires: '7', mac: 'late' })).toBe(false);
  expect(await store.find('k1')).toMatchObject({ rotatedTo: 'k2', expires: 9.5 });
});

test('a key that was revoked is not brought back by a change', async () => {
  const store = await storeWithKey();
  await store.remove('k1', 'ann');
  expect(await store.change('k1', { mac: 'signed again' })).toBe(false);
  expect(await store.find('k1')).toBeNull();
});
