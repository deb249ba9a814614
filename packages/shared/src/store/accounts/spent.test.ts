import { admissionOf, storeIn, useKeyspace, usageOf } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('the cost of a canceled run is recorded once, and only what was used stays charged', async () => {
  const store = storeIn(keyspace);
  const policies = { openJobs: 0, tokensPerDay: 1_000, nanoPerDay: 0, bound: { tokens: 600, nano: 5 } };
  await store.submit(admissionOf('job-1', { policies }));
  await store.take('job-1');
  await store.finish('job-1', null, { status: 'canceled' });
  const [day = ''] = await keyspace.redis.keys('{test}:usage:ann:[0-9]*');
  expect(await keyspace.redis.hget(day, 'output_tokens')).toBe('600');
  expect(await store.spent({ id: 'job-1', run: 2 }, usageOf(9))).toBe(false);
  expect(await store.spent({ id: 'job-1', run: 1 }, usageOf(7))).toBe(true);
  expect(await store.spent({ id: 'job-1', run: 1 }, usageOf(8))).toBe(false);
  expect(await keyspace.redis.hmget(day, 'input_tokens', 'output_tokens')).toEqual(['7', '7']);
});
