import {
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';
import { createErasureStore } from './erasure-store';

const keyspace = useKeyspace();
const asked = { id: 'e-1', tenant: 'ann', actor: 'k', from: '::1', request_id: 'r', asked: 1_764_000_000_000 };

test('an erased job leaves a tombstone, and its tenant only may erase it', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { cacheKey: 'key' }));
  await store.take('job-1');
  await store.finish('job-1', 1, { status: 'completed', result: resultOf([cardOf(1)]), usage: usageOf(1) });
  expect(await store.erase('job-1', 'bob')).toBe(false);
  expect(await store.erase('job-1', 'ann')).toBe(true);
  expect(await keyspace.redis.keys('*job-1*')).toEqual(['{test}:tomb:job-1']);
});

test('a job that is open is canceled first', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  expect(await store.erase('job-1', 'ann')).toBe(true);
  expect(store.ended).toEqual([{ id: 'job-1', tenant: 'ann', status: 'canceled', code: null, by: 'client' }]);
});

test('the erasure of a job owes its cached result and a receipt, and whoever asked works at it first', async () => {
  const store = storeIn(keyspace);
  const erasures = createErasureStore(keyspace.redis, keyspace.prefix);
  await store.submit(admissionOf('job-1', { cacheKey: 'key' }));
  expect(await store.erase('job-2', 'ann', { ...asked, id: 'e-2', job: 'job-2' })).toBe(false);
  expect(await store.erase('job-1', 'ann', { ...asked, job: 'job-1' })).toBe(true);
  expect(await erasures.owed()).toEqual([]);
  expect(await erasures.results('e-1', [])).toEqual({ left: ['key'], jobs: 1 });

  // It never came back.
  await keyspace.redis.zadd('{test}:erasures-owed', 0, 'e-1');
  expect(await erasures.owed()).toEqual([{ ...asked, job: 'job-1' }]);
  expect(await erasures.owed()).toEqual([]);
  expect(await erasures.results('e-1', ['key'])).toEqual({ left: [], jobs: 1 });
  await erasures.close('e-1');
  expect(await keyspace.redis.keys('*e-1*')).toEqual([]);
  expect(await keyspace.redis.zcard('{test}:erasures-owed')).toBe(0);
});
