import {
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('an erased job leaves a tombstone, and its tenant only may erase it', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { cacheKey: 'key' }));
  await store.take('job-1');
  await store.finish('job-1', 1, { status: 'completed', result: resultOf([cardOf(1)]), usage: usageOf(1) });
  expect(await store.erase('job-1', 'bob')).toEqual({ erased: false, cacheKey: '' });
  expect(await store.erase('job-1', 'ann')).toEqual({ erased: true, cacheKey: 'key' });
  expect(await keyspace.redis.keys('*job-1*')).toEqual(['{test}:tomb:job-1']);
});

test('a job that is open is canceled first', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  expect(await store.erase('job-1', 'ann')).toEqual({ erased: true, cacheKey: '' });
  expect(store.ended).toEqual([{ id: 'job-1', tenant: 'ann', status: 'canceled', code: null, by: 'client' }]);
});
