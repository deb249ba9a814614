import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();
const policies = { openJobs: 0, tokensPerDay: 100, nanoPerDay: 0, bound: { tokens: 60, nano: 5 } };

test('a run may use more up to the budget of its tenant, and no further', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { policies }));
  await store.take('job-1');
  const run = { id: 'job-1', run: 1 };
  expect(await store.extend(run, { tokens: 40, nano: 1 })).toBe(true);
  expect(await store.extend(run, { tokens: 1, nano: 0 })).toBe(false);
  expect(await keyspace.redis.hget('{test}:job:job-1', 'held')).toBe('100 6 100 0');
  expect(await store.take('job-1')).toMatchObject({ held: { tokens: 100, nano: 6, hasBudget: true } });
});

test('a run that lost its job may use nothing more', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { policies }));
  await store.take('job-1');
  expect(await store.extend({ id: 'job-1', run: 2 }, { tokens: 1, nano: 0 })).toBe(false);
});
