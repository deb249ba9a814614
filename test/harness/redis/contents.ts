import { Redis } from 'ioredis';

/** Every key and its whole content, whatever its type. */
export async function contentsOf(url: string): Promise<Map<string, string>> {
  const redis = new Redis(url);
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  try {
    const found = new Map<string, string>();
    for (const key of await redis.keys('*'))
      found.set(key, JSON.stringify(await readers[await redis.type(key)]?.(key)) ?? '');
    return found;
  } finally {
    redis.disconnect();
  }
}
