import {
  addedOf,
  admissionOf,
  cardOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('a card that a run sends twice is in the log once', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  const run = { id: 'job-1', run: 1 };
  expect(await store.append(run, usageOf(1), addedOf(0, [cardOf(1)]))).toBe(true);
  expect(await store.append(run, usageOf(2), addedOf(0, [cardOf(1), cardOf(2)]))).toBe(true);
  const log = await keyspace.redis.lrange('{test}:events:job-1', 0, -1);
  expect(log).toEqual(['s:running', `c:${JSON.stringify(cardOf(1))}`, 'p:1', `c:${JSON.stringify(cardOf(2))}`, 'p:2']);
});

test('a run that lost its job adds nothing', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  await store.take('job-1');
  expect(await store.append({ id: 'job-1', run: 1 }, usageOf(1), addedOf(0, [cardOf(1)]))).toBe(false);
  expect(await keyspace.redis.hget('{test}:job:job-1', 'usage')).toBeNull();
});
