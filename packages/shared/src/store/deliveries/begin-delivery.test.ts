import { POSTER, attemptEndOf, postedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('the first attempt gets the record, and later ones the bytes that were kept', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  const first = await deliveries.begin(post);
  expect(first).toMatchObject({
    tenant: 'ann',
    url: 'https://example.com/hook',
    event: '2',
    type: 'job.canceled',
    automatic: 0,
    isRedelivery: false,
    body: '',
  });
  expect(first && first !== 'held' && first.record.get('status')).toBe('canceled');
  await deliveries.keepBody('job-1', '{"a":"“b”"}');
  expect(await deliveries.begin(post)).toMatchObject({ body: '{"a":"“b”"}', record: new Map() });
});

test('another attempt than the next one gets nothing', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  expect(await deliveries.begin({ ...post, attempt: 2 })).toBeNull();
});

test('a URL that is disabled gets no automatic attempt', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  await deliveries.end(post, attemptEndOf('retried'), 0);
  const [next = post] = (await deliveries.post(POSTER, 10)).posts;
  expect([next.attempt, await deliveries.begin(next)]).toEqual([2, 'held']);
});
