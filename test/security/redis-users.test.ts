import { Redis } from 'ioredis';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { KEYED, bearer, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { RedisServer } from '../harness/redis/redis-server';

let pair: Pair;
let worker: Redis;
let api: Redis;
beforeAll(async () => {
  pair = await Pair.start({ settings: KEYED });
  worker = new Redis(pair.redis.urlOf('worker'));
  api = new Redis(pair.redis.urlOf('api'));
});
afterAll(async () => {
  for (const redis of [worker, api]) redis.disconnect();
  await pair.redis.command('ACL', 'LOG', 'RESET'); // what was refused here was refused on purpose
  await pair.close();
});

/** What only the API and operators write. */
const WRITES: readonly (readonly [string, readonly string[]])[] = [
  ['an API key', ['HSET', '{flashcards}:key:ID', 'tenant', 'victim', 'scopes', 'admin']],
  ['the expiry of an API key', ['HDEL', '{flashcards}:key:ID', 'expires']],
  ["a tenant's list of keys", ['ZADD', '{flashcards}:keys:victim', '1', 'ID']],
  ['the list of tenants', ['ZADD', '{flashcards}:tenants', '1', 'victim']],
  ['when a key was used', ['HSET', '{flashcards}:key-uses', 'ID', '1']],
  ["a tenant's limits", ['HSET', '{flashcards}:tenant:victim', 'limits', '{}']],
  ["a tenant's webhook secret", ['HSETNX', '{flashcards}:tenant:victim', 'secret', 'sealed']],
  ['the life of a tenant', ['EXPIRE', '{flashcards}:tenant:victim', '1']],
  ['a limit of submits', ['DEL', '{flashcards}:limit:t:victim']],
  ["a tenant's index of jobs", ['ZREM', '{flashcards}:jobs:victim', 'ID']],
  ['an erasure', ['HDEL', '{flashcards}:erasures', 'victim']],
  ['the sign that a tenant is being erased', ['DEL', '{flashcards}:erasing:victim']],
  ['who works at an erasure', ['SET', '{flashcards}:erasure-held:victim', 'me']],
  ['the record of an erasure', ['DEL', '{flashcards}:erasure:ID']],
  ['which erasures owe a receipt', ['ZREM', '{flashcards}:erasures-owed', 'ID']],
  ['which results an erasure has to remove', ['SREM', '{flashcards}:erasure-owes:ID', 'hash']],
  ['the list of receipts', ['DEL', '{flashcards}:erasure-receipts:victim']],
  ['the epoch of a tenant', ['DEL', '{flashcards}:erasure-epoch:victim']],
  ['the epoch of a result', ['DEL', '{flashcards}:erased-result:hash']],
  ['a key under another name', ['RENAME', '{flashcards}:job:ID', '{flashcards}:key:ID']],
  ['news of a changed key', ['PUBLISH', '{flashcards}:key-changes', 'ID']],
];

test.each(WRITES)('row 63: Redis refuses a worker to write %s, by a command and in a script', async (_what, args) => {
  const [name = '', ...rest] = args;
  await expect(worker.call(name, ...rest)).rejects.toThrow('NOPERM');
  // A service's scripts name one key, the prefix, and are held to the keys that they touch all the same.
  const script = 'return redis.call(unpack(ARGV))';
  await expect(worker.eval(script, 1, '{flashcards}', ...args)).rejects.toThrow(
    /NOPERM|The user executing the script can't/,
  );
});

test('row 63: Redis refuses a worker to read what is known of API keys, and lets it read webhook secrets', async () => {
  await api.hset('{flashcards}:tenant:ann', 'secret', 'sealed');
  const store = createAccessStore(worker, '{flashcards}');
  expect(await store.secrets('ann')).toMatchObject({ current: 'sealed' });
  await expect(store.find('ID')).rejects.toThrow();
  await expect(worker.hgetall('{flashcards}:key:ID')).rejects.toThrow('NOPERM');
});

test.each([
  ['a worker to list the names of keys', () => worker, ['SCAN', '0']],
  ['a worker to be told the name of a key', () => worker, ['RANDOMKEY']],
  ['a worker to count keys', () => worker, ['DBSIZE']],
  ['a worker to have the append-only file rewritten', () => worker, ['BGREWRITEAOF']],
  ['the API to save Redis elsewhere', () => api, ['CONFIG', 'SET', 'dir', '/tmp']],
  ['the API to write a snapshot', () => api, ['BGSAVE']],
  ['the API to empty Redis', () => api, ['FLUSHALL']],
  ['the API to stop Redis', () => api, ['SHUTDOWN', 'NOSAVE']],
  ['the API to change a user', () => api, ['ACL', 'SETUSER', 'api', 'allcommands']],
] as const)('row 63: Redis refuses %s', async (_what, who, [name, ...args]) => {
  await expect(who().call(name, ...args)).rejects.toThrow('NOPERM');
});

test('row 63: in the Redis of finished results no service has more than these', async () => {
  const cache = await RedisServer.start('no', 'cache');
  const service = new Redis(cache.urlOf('worker'));
  try {
    expect(await service.set('{flashcards}:cache:key', 'a result', 'EX', 60)).toBe('OK');
    await expect(service.set('{flashcards}:key:ID', '1')).rejects.toThrow('NOPERM');
    await expect(service.publish('{flashcards}:bell', 'ID')).rejects.toThrow('NOPERM');
  } finally {
    service.disconnect();
    await cache.remove();
  }
});

test('the services of these tests have the rights of a deployment, and a job needs no more', async () => {
  const key = await makeKey(pair, 'bob');
  expect(await pair.finished({ text: 'Chalk is a soft rock.' }, bearer(key))).toMatchObject({ status: 'completed' });
  const clients = (await pair.redis.command('CLIENT', 'LIST')) as string;
  const users = (name: string) => clients.split('\n').filter((line) => line.includes(` user=${name} `)).length;
  expect(users('api')).toBeGreaterThan(1);
  expect(users('worker')).toBeGreaterThan(1);
});
