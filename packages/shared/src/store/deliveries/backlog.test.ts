import { owedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('what is owed is counted with how late it is', async () => {
  const { deliveries } = await owedDelivery(keyspace);
  await keyspace.redis.zadd('{test}:outbox', Date.now() - 60_000, 'example.com');
  const backlog = await deliveries.backlog();
  expect(backlog.deliveries).toBe(1);
  expect(backlog.overdueMs).toBeGreaterThan(50_000);
});
