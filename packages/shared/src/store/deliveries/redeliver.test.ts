import { POSTER, attemptEndOf, postedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('an attempt can be asked for once the one before it has ended', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  expect(await deliveries.redeliver('job-1', '2', 'ann')).toBe('busy');
  await deliveries.end(post, attemptEndOf('failed'), 1e9);
  expect(await deliveries.redeliver('job-1', '2', 'bob')).toBe('none');
  expect(await deliveries.redeliver('job-1', '2', 'ann')).toBe('asked');
  const [again = post] = (await deliveries.post(POSTER, 10)).posts;
  expect(await deliveries.begin(again)).toMatchObject({ isRedelivery: true, automatic: 1 });
});

test('there is an end to attempts', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  await deliveries.end(post, attemptEndOf('failed'), 1e9);
  await keyspace.redis.hset('{test}:delivery:job-1', 'made', 50);
  expect(await deliveries.redeliver('job-1', '2', 'ann')).toBe('spent');
});
