import {
  addedOf,
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();
const record = (id: string) => keyspace.redis.hgetall(`{test}:job:${id}`);

test('the first end of a job wins, and the text goes with it', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  const result = resultOf([cardOf(1)]);
  expect(await store.finish('job-1', 1, { status: 'completed', result, usage: usageOf(1) })).toBe(true);
  expect(await store.finish('job-1', null, { status: 'canceled' })).toBe(false);
  expect(await record('job-1')).toMatchObject({
    status: 'completed',
    result: JSON.stringify(result),
    usage: JSON.stringify(usageOf(1)),
  });
  expect(await keyspace.redis.exists('{test}:text:job-1')).toBe(0);
  expect(store.ended).toEqual([{ id: 'job-1', tenant: 'ann', status: 'completed', code: null, by: 'run' }]);
});

test('an end by another run or for another tenant is refused', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  expect(await store.finish('job-1', 2, { status: 'canceled' })).toBe(false);
  expect(await store.finish('job-1', null, { status: 'canceled' }, { tenant: 'bob' })).toBe(false);
  expect(store.ended).toEqual([]);
});

test('of a completed deck the log keeps the ids of its cards', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  await store.append({ id: 'job-1', run: 1 }, usageOf(1), addedOf(0, [cardOf(2)]));
  const result = resultOf([cardOf(1), cardOf(2)]);
  await store.finish('job-1', 1, { status: 'completed', result, usage: usageOf(1) });
  expect(await keyspace.redis.lrange('{test}:events:job-1', 0, -1)).toEqual(['s:running', `k:${cardOf(2).id}`, 'p:1']);
  expect(await record('job-1')).toMatchObject({ seq: '6' });
});

test('a log whose cards an older version wrote in another order is shortened too', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  await keyspace.redis.rpush('{test}:events:job-1', 'c:{"front":"a","id":"c_000000000009"}');
  await keyspace.redis.hset('{test}:job:job-1', 'cards', 1);
  await store.finish('job-1', 1, { status: 'completed', result: resultOf([cardOf(9)]), usage: usageOf(1) });
  expect(await keyspace.redis.lrange('{test}:events:job-1', 0, -1)).toEqual(['s:running', `k:${cardOf(9).id}`]);
});

test('the cost of a run that is canceled is not final, and stays the number it was', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  const usage = { ...usageOf(7), cost_usd: 0.1 + 0.2 };
  await store.append({ id: 'job-1', run: 1 }, usage, addedOf(0, [cardOf(1)]));
  await store.finish('job-1', null, { status: 'canceled' });
  const { usage: stored = '' } = await record('job-1');
  expect(JSON.parse(stored)).toEqual({ ...usage, final: false });
});

test('a cost that is unknown stays unknown when its job is canceled', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  await store.append({ id: 'job-1', run: 1 }, { ...usageOf(7), cost_usd: null }, addedOf(0, [cardOf(1)]));
  await store.finish('job-1', null, { status: 'canceled' });
  expect(JSON.parse((await record('job-1'))['usage'] ?? '')).toEqual({ ...usageOf(7), cost_usd: null, final: false });
});
