import {
  addedOf,
  admissionOf,
  cardOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();
const run = { id: 'job-1', run: 1 };

async function takenJob() {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  return store;
}

test('a run that is paused costs no attempt and keeps its cards', async () => {
  const store = await takenJob();
  expect(await store.release(run, false, usageOf(3), addedOf(0, [cardOf(1)]))).toBe(true);
  expect(await store.take('job-1')).toMatchObject({
    run: 2,
    attempts: 1,
    recoveries: 0,
    spent: usageOf(3),
    kept: [cardOf(1)],
  });
});

test('a run that failed costs an attempt', async () => {
  const store = await takenJob();
  await store.release(run, true, null, null);
  expect(await store.take('job-1')).toMatchObject({ attempts: 2 });
});

test.each([
  ['alone', 1],
  ['among_others', 0],
] as const)('a process that ended with the job %s counts %i crashes', async (crashed, crashes) => {
  const store = await takenJob();
  await store.release(run, false, null, null, crashed);
  expect(await store.take('job-1')).toMatchObject({ recoveries: 1, crashes });
});

test('a run that lost its job gives nothing back', async () => {
  const store = await takenJob();
  await store.take('job-1');
  expect(await store.release(run, false, null, null)).toBe(false);
});
