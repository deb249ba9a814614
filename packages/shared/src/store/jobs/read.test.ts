import {
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  usageOf,
  useKeyspace,
} from '../../../../../test/harness/redis/keyspace';

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

test('a summary has all that a list shows of a job, and neither its deck nor the edits of its cards', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  const result = resultOf([cardOf(1), cardOf(2)]);
  await store.finish('job-1', 1, { status: 'completed', result, usage: usageOf(1) });
  await keyspace.redis.hset('{test}:job:job-1', 'edit:c_1', '{"front":"Another question?"}');
  const [whole, summary] = [await store.read('job-1', 'ann'), await store.read('job-1', 'ann', 'summary')];
  if (typeof whole === 'string' || typeof summary === 'string') throw new Error('The job is not there.');
  const left = [...whole.fields.keys()].filter((name) => !summary.fields.has(name));
  expect(left.sort()).toEqual(['deadline', 'edit:c_1', 'result', 'run']);
  expect(summary.fields.get('kept')).toBe(String(result.kept));
});
