import { POSTER, owedDelivery, owedTo, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('nothing is handed on for a worker that has left', async () => {
  const { deliveries } = await owedDelivery(keyspace);
  await deliveries.post(POSTER, 10);
  await deliveries.leave(POSTER);
  await owedTo(keyspace, 'bob', ['example.com']);
  expect((await deliveries.post({ ...POSTER, worker: 'another', slots: 1 }, 10)).posts).toEqual([]);
});
