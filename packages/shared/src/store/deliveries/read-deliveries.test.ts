import { admissionOf, attemptEndOf, postedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('the log of a webhook names its attempts', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  const end = attemptEndOf('delivered');
  await deliveries.end(post, end, 1e9);
  expect(await deliveries.read('job-1', 'ann')).toMatchObject([
    {
      id: 'job-1_2',
      type: 'job.canceled',
      state: 'delivered',
      reason: 'ok',
      next_attempt_at: null,
      attempts: [end.entry],
    },
  ]);
});

test('one that waits for its attempt says when it is due', async () => {
  const { deliveries } = await postedDelivery(keyspace);
  const log = await deliveries.read('job-1', 'ann');
  expect(log).toMatchObject([{ state: 'pending', reason: null, expires_at: null, attempts: [] }]);
  expect(typeof log === 'string' ? log : log[0]?.next_attempt_at).toMatch(/^20/);
});

test('a job without a webhook has an empty log, and that of another tenant is not there', async () => {
  const { store, deliveries } = await postedDelivery(keyspace);
  await store.submit(admissionOf('job-2'));
  expect(await deliveries.read('job-2', 'ann')).toEqual([]);
  expect(await deliveries.read('job-2', 'bob')).toBe('none');
  await keyspace.redis.del('{test}:job:job-1', '{test}:delivery:job-1');
  expect(await deliveries.read('job-1', 'ann')).toBe('gone');
});
