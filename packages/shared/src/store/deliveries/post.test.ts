import { owedDelivery, postedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('what is owed is handed on once', async () => {
  const { deliveries } = await owedDelivery(keyspace);
  expect(await deliveries.post(10)).toEqual({
    posts: [{ id: 'job-1', host: 'example.com', event: '2', attempt: 1 }],
    nextMs: null,
  });
  expect(await deliveries.post(10)).toEqual({ posts: [], nextMs: null });
});

test('an attempt that BullMQ lost is handed on again, and one that it knows is not', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  await keyspace.redis.hset('{test}:deliveries:job-1_2_1', 'name', 'deliveries');
  await keyspace.redis.zadd('{test}:posting', 1, 'job-1 example.com');
  expect((await deliveries.post(10)).posts).toEqual([]);
  await keyspace.redis.del('{test}:deliveries:job-1_2_1');
  await keyspace.redis.zadd('{test}:posting', 1, 'job-1 example.com');
  expect((await deliveries.post(10)).posts).toEqual([post]);
});
