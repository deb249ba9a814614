import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

async function fedJob(deadline_seconds = 600) {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { submit: { deadline_seconds } }));
  await store.take('job-1');
  await keyspace.redis.zadd('{test}:fed', 1, 'job-1');
  return store;
}

test('a running job that BullMQ does not know is queued again, and one sweep at a time is enough', async () => {
  const store = await fedJob();
  expect(await store.sweep()).toBe(1);
  expect(await store.sweep()).toBeNull();
  expect(await keyspace.redis.hmget('{test}:job:job-1', 'status', 'recoveries')).toEqual(['queued', '1']);
});

test('a job that BullMQ knows is left alone', async () => {
  const store = await fedJob();
  await keyspace.redis.hset('{test}:generate:job-1', 'name', 'generate');
  expect(await store.sweep()).toBe(0);
  expect(await keyspace.redis.hget('{test}:job:job-1', 'status')).toBe('running');
});

test('a job past its deadline fails', async () => {
  const store = await fedJob(0);
  expect(await store.sweep()).toBe(0);
  expect(store.ended).toEqual([
    { id: 'job-1', tenant: 'ann', status: 'failed', code: 'deadline_exceeded', by: 'sweep' },
  ]);
});

test('what BullMQ writes of ended jobs is removed', async () => {
  await keyspace.redis.xadd('{test}:generate:events', '*', 'jobId', 'job-1');
  await storeIn(keyspace).sweep();
  expect(await keyspace.redis.xlen('{test}:generate:events')).toBe(0);
});
