import { owedDelivery, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('the first bytes that are offered are kept', async () => {
  const { deliveries } = await owedDelivery(keyspace);
  const kept = [await deliveries.keepBody('job-1', 'a\n"b"'), await deliveries.keepBody('job-1', 'c')];
  expect(kept).toEqual(['a\n"b"', 'a\n"b"']);
});

test('an erased delivery keeps nothing', async () => {
  const { store, deliveries } = await owedDelivery(keyspace);
  await store.erase('job-1', 'ann');
  expect(await deliveries.keepBody('job-1', 'a')).toBeNull();
});
