import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('an empty Redis has an empty queue', async () => {
  expect(await storeIn(keyspace).queue()).toEqual({
    waiting: 0,
    running: 0,
    workers: 0,
    slots: 0,
    oldestWaitMs: 0,
    serviceMs: 0,
  });
});

test('waiting and fed jobs, workers and their slots are counted', async () => {
  const store = storeIn(keyspace);
  await store.announce('worker-1', 1, 60);
  await store.announce('worker-2', 0, 60);
  for (const id of ['job-1', 'job-2', 'job-3']) await store.submit(admissionOf(id));
  await store.feed(200);
  expect(await store.queue()).toMatchObject({ waiting: 2, running: 1, workers: 2, slots: 1 });
});
