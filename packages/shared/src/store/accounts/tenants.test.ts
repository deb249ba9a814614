import { admissionOf, storeIn, useKeyspace, usageOf } from '../../../../../test/harness/redis/keyspace';
import { createTenantReader } from './tenants';

const keyspace = useKeyspace();
const read = () => createTenantReader(keyspace.redis, keyspace.prefix, 10)();

test('a day without jobs has no tenants', async () => {
  expect(await read()).toMatchObject({ all: { jobs: 0, costUsd: 0 }, largest: [] });
});

test('tenants are listed by what they spent, with how near they are to a limit', async () => {
  const store = storeIn(keyspace);
  const policies = {
    openJobs: 0,
    tokensPerDay: 100,
    nanoPerDay: 4e15,
    bound: { tokens: 90, nano: 123_456_789_012_345 },
  };
  await store.submit(admissionOf('job-1', { policies }));
  await store.submit(admissionOf('job-2', { tenant: 'bob' }));
  const error = { code: 'internal', message: 'm', retryable: true } as const;
  await store.finish('job-2', null, { status: 'failed', error, usage: usageOf(1_000_000) });
  await store.submit(admissionOf('job-3'));
  await store.finish('job-3', null, { status: 'canceled' });
  const { all, largest, policies: near } = await read();
  expect(all).toEqual({ jobs: 2, costUsd: 1 });
  expect(largest.map(({ tenant }) => tenant)).toEqual(['bob', 'ann']);
  expect(largest[1]).toMatchObject({ jobs: 1, reservedUsd: 123_456.789012345, limitUsd: 4e6 });
  expect(near).toContainEqual({ policy: 'tokens-day', highestShare: 0.9, nearTenants: 1, exhaustedTenants: 0 });
});
