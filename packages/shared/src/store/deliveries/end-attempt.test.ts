import { attemptEndOf, postedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();
const DAY_MS = 86_400_000;

test.each([
  ['delivered', { state: 'delivered', disabledUrl: false }],
  ['retried', { state: 'pending', disabledUrl: false }],
  ['failed', { state: 'failed', disabledUrl: false }],
  ['gone', { state: 'failed', disabledUrl: true }],
] as const)('an attempt that was %s is recorded once', async (outcome, state) => {
  const { deliveries, post } = await postedDelivery(keyspace);
  expect(await deliveries.end(post, attemptEndOf(outcome, 60_000), DAY_MS)).toEqual(state);
  expect(await deliveries.end(post, attemptEndOf(outcome), DAY_MS)).toEqual({ state: 'refused', disabledUrl: false });
});
