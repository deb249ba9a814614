import { Redis } from 'ioredis';
import { Registry } from '@flashcards/shared/runtime/metrics';
import { readWritable } from '@flashcards/shared/store/redis-memory';
import { watchRedis } from '../../services/api/src/operations/redis-metrics';
import { RedisServer } from '../harness/redis/redis-server';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await RedisServer.start('no');
  redis = new Redis(server.urlOf('api'));
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

const config = (name: string, value: string) => () => server.command('CONFIG', 'SET', name, value);

test.each<[string, boolean, () => Promise<unknown>, () => Promise<unknown>]>([
  ['a primary', true, () => server.command('PING'), () => server.command('PING')],
  ['a replica', false, () => server.command('REPLICAOF', '127.0.0.1', '1'), () => server.command('REPLICAOF', 'NO', 'ONE')],
  ['a primary that lacks replicas', false, config('min-replicas-to-write', '1'), config('min-replicas-to-write', '0')],
  // A client that polls a job is still served.
  ['a full Redis', true, config('maxmemory', '1'), config('maxmemory', '0')],
])('a probe says of %s whether it takes writes: %s', async (_what, writable, become, backAgain) => {
  await become();
  expect(await readWritable(redis, '{flashcards}')).toBe(writable);
  await backAgain();
  expect(await readWritable(redis, '{flashcards}')).toBe(true);
}); // prettier-ignore

test('asking changes nothing', async () => {
  const changes = async () => /rdb_changes_since_last_save:(\d+)/.exec(await redis.info('persistence'))?.[1];
  const before = await changes();
  await readWritable(redis, '{flashcards}');
  expect(await changes()).toBe(before);
});

test('metrics say of a replica that it is not up, and how much memory it uses all the same', async () => {
  const registry = new Registry();
  watchRedis(registry, redis, () => readWritable(redis, '{flashcards}'));
  await server.command('REPLICAOF', '127.0.0.1', '1');
  const shown = await registry.metrics();
  await server.command('REPLICAOF', 'NO', 'ONE');
  expect(shown).toMatch(/^flashcards_redis_up 0$/m);
  expect(shown).toMatch(/^flashcards_redis_memory_used_bytes [1-9]/m);
});
