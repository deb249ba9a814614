import {
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();
const FOLLOWERS = 230;

async function followedJob() {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('leader', { flightKey: 'same' }));
  const ids = Array.from({ length: FOLLOWERS }, (_, i) => `follower-${i}`);
  await Promise.all(ids.map((id) => store.submit(admissionOf(id, { flightKey: 'same' }))));
  await store.take('leader');
  return { store, ids };
}

test('all followers of a job end with it, in as many calls as it takes', async () => {
  const { store, ids } = await followedJob();
  const result = resultOf([cardOf(1), cardOf(2)]);
  await store.finish('leader', 1, { status: 'completed', result, usage: usageOf(1) });
  const found = await Promise.all(ids.map((id) => keyspace.redis.hget(`{test}:job:${id}`, 'status')));
  expect(new Set(found)).toEqual(new Set(['completed']));
  expect(store.ended.filter(({ by }) => by === 'leader')).toHaveLength(FOLLOWERS);
  const [day] = await keyspace.redis.keys('{test}:usage:ann:[0-9]*');
  expect(await keyspace.redis.hgetall(day ?? '')).toMatchObject({
    jobs: String(FOLLOWERS + 1),
    cards: String(2 * (FOLLOWERS + 1)),
  });
});

test('of a failed job each follower is reported with its error', async () => {
  const { store } = await followedJob();
  const error = { code: 'model_auth', message: 'The "key" was refused.', retryable: false } as const;
  await store.finish('leader', 1, { status: 'failed', error, usage: null });
  expect(new Set(store.ended.map(({ code }) => code))).toEqual(new Set(['model_auth']));
  expect(store.ended).toHaveLength(FOLLOWERS + 1);
});

test('a leader that misses its deadline takes nobody with it: a follower makes the deck', async () => {
  const { store } = await followedJob();
  const error = { code: 'deadline_exceeded', message: 'Too late.', retryable: true } as const;
  await store.finish('leader', 1, { status: 'failed', error, usage: null });
  expect(store.ended).toHaveLength(1);
  expect(await keyspace.redis.zrange('{test}:waiting:ann', '0', '-1')).toEqual(['follower-0']);
});
