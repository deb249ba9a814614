import { cardOf, resultOf, useKeyspace } from '../../../../../test/harness/redis/keyspace';
import { clockReading, redisTime } from '../redis-clock';
import { createResultCache } from './result-cache';

const keyspace = useKeyspace();
const failures: unknown[] = [];
const open = (redis = keyspace.redis) =>
  createResultCache(redis, {
    prefix: '{test}',
    inStore: false,
    resultSeconds: 60,
    onError: (error) => failures.push(error),
  });
const result = resultOf([cardOf(1)]);

test.each([0, 1_764_000_000_000])(
  'a result is cached with its epoch %d, until a minute after the end of its job',
  async (epoch) => {
    const cache = open();
    const expiresAt = cache.expiryOf(clockReading(await redisTime(keyspace.redis)));
    await cache.put('key', { result, epoch }, expiresAt);
    expect(await cache.get('key')).toEqual({ result, epoch });
    expect(await keyspace.redis.pexpiretime('{test}:cache:key')).toBe(expiresAt);
    expect(expiresAt - (await redisTime(keyspace.redis))).toBeLessThanOrEqual(60_000);
  },
);

test('a result that comes after its time is not kept', async () => {
  await open().put('key', { result, epoch: 0 }, (await redisTime(keyspace.redis)) - 1);
  expect(await keyspace.redis.exists('{test}:cache:key')).toBe(0);
});

test('a removal says whether the results are gone', async () => {
  const cache = open();
  await cache.put('key', { result, epoch: 0 }, (await redisTime(keyspace.redis)) + 60_000);
  expect(await cache.remove(['key', 'none'])).toBe(true);
  expect(await keyspace.redis.exists('{test}:cache:key')).toBe(0);

  await keyspace.redis.call('ACL', 'SETUSER', 'reader', 'on', '>reader', 'allkeys', '+get', '+info');
  const reader = keyspace.redis.duplicate({ username: 'reader', password: 'reader' });
  expect([await open(reader).remove(['key']), failures.length]).toEqual([false, 1]);
  reader.disconnect();
});
