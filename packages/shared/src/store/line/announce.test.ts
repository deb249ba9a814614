import { storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('a worker learns how many jobs BullMQ has waiting, none while the fleet pauses', async () => {
  const store = storeIn(keyspace);
  await keyspace.redis.rpush('{test}:generate:wait', 'job-1', 'job-2');
  expect(await store.announce('worker', 4, 60)).toBe(2);
  await keyspace.redis.set('{test}:generate:limiter', 1);
  expect(await store.announce('worker', 4, 60)).toBe(0);
});

test('a worker that leaves takes its slots with it', async () => {
  const store = storeIn(keyspace);
  await store.announce('worker', 4, 60);
  await store.announce('worker', 4, 0);
  expect((await store.queue()).slots).toBe(0);
});
