import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('as many jobs are fed as there are slots, in their order', async () => {
  const store = storeIn(keyspace);
  await store.announce('worker', 2, 60);
  for (const id of ['job-1', 'job-2', 'job-3']) await store.submit(admissionOf(id));
  expect(await store.feed(200)).toEqual(['job-1', 'job-2']);
  expect(await store.feed(200)).toEqual([]);
});

test('a job past its deadline fails instead', async () => {
  const store = storeIn(keyspace);
  await store.announce('worker', 2, 60);
  await store.submit(admissionOf('job-1', { submit: { deadline_seconds: 0 } }));
  expect(await store.feed(200)).toEqual([]);
  expect(store.ended).toEqual([
    { id: 'job-1', tenant: 'ann', status: 'failed', code: 'deadline_exceeded', by: 'feed' },
  ]);
});
