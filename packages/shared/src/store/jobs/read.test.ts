import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('a waiting job is read with its position and the slots of the fleet', async () => {
  const store = storeIn(keyspace);
  await store.announce('worker', 3, 60);
  await store.submit(admissionOf('job-1'));
  await store.submit(admissionOf('job-2'));
  const found = await store.read('job-2', 'ann');
  expect(found).toMatchObject({ queuePosition: { position: 2, slots: 3 } });
  expect(typeof found === 'string' ? found : found.fields.get('status')).toBe('queued');
});

test('a job of another tenant is not there, and one whose record expired is gone', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  expect(await store.read('job-1', 'bob')).toBe('none');
  await store.finish('job-1', null, { status: 'canceled' });
  await keyspace.redis.del('{test}:job:job-1');
  expect(await Promise.all([store.read('job-1', 'ann'), store.read('job-1', 'bob')])).toEqual(['gone', 'none']);
});

test('a follower is seen as its leader', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { flightKey: 'same' }));
  await store.submit(admissionOf('job-2', { flightKey: 'same' }));
  await store.take('job-1');
  const found = await store.read('job-2', 'ann');
  expect(typeof found === 'string' ? found : [found.fields.get('status'), found.fields.get('leads')]).toEqual([
    'running',
    'job-1',
  ]);
});
