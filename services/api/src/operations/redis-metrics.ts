import type { Redis } from 'ioredis';
import { Gauge, type Registry, oncePerScrape } from '@flashcards/shared/runtime/metrics';
import { within } from '@flashcards/shared/runtime/time';
import { readAofOk, readRedisMemory } from '@flashcards/shared/store/redis-memory';
import { freeDiskShare } from './health-parts';

/** What a scrape finds out about Redis and the disk. */
interface RedisSnapshot {
  readonly pingSeconds: number;
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly aofOk: number;
  readonly clockSkewSeconds: number;
}

const LIMIT_MS = 1_000;

/**
 * Gauges of the Redis that this service stands on, read at each scrape. Every replica sees Redis from its own side of
 * the network; an exporter beside Redis does not. `writable`: what readiness asks.
 */
export function watchRedis(registry: Registry, redis: Redis, writable: () => Promise<boolean>): void {
  const registers = [registry];
  const once = oncePerScrape(() => within(LIMIT_MS, look(redis), () => new Error('late')));
  const gauge = (name: string, help: string, pick: (seen: Partial<RedisSnapshot>) => number | undefined): void => {
    new Gauge({
      name: `flashcards_${name}`,
      help,
      registers,
      async collect() {
        const value = pick((await once()) ?? {});
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  new Gauge({
    name: 'flashcards_redis_up',
    help: '1 if Redis took a write of this replica within half a second, as for `/readyz`, otherwise 0.',
    registers,
    async collect() {
      this.set(Number(await writable().catch(() => false)));
    },
  });
  gauge('redis_ping_seconds', 'Time of one PING from this replica.', ({ pingSeconds }) => pingSeconds);
  gauge('redis_memory_used_bytes', 'Memory that Redis uses.', ({ usedBytes }) => usedBytes);
  gauge(
    'redis_memory_limit_bytes',
    '`maxmemory` of Redis, or all memory of its machine.',
    ({ limitBytes }) => limitBytes,
  );
  gauge('redis_aof_ok', '1 while Redis can write its append-only file, or has none.', ({ aofOk }) => aofOk);
  gauge(
    'clock_skew_seconds',
    'Clock of this replica minus the clock of Redis.',
    ({ clockSkewSeconds }) => clockSkewSeconds,
  );
  new Gauge({
    name: 'flashcards_disk_free_ratio',
    help: 'Free share of the disk with the working folder, 0 to 1.',
    registers,
    async collect() {
      this.set(await freeDiskShare());
    },
  });
}

async function look(redis: Redis): Promise<RedisSnapshot> {
  const before = performance.now();
  await redis.ping();
  const pingSeconds = (performance.now() - before) / 1_000;
  const [[seconds, micros], memory, aofOk] = await Promise.all([
    redis.time(),
    readRedisMemory(redis),
    readAofOk(redis),
  ]);
  return {
    pingSeconds,
    usedBytes: memory.usedBytes,
    limitBytes: memory.maxBytes,
    aofOk: Number(aofOk),
    clockSkewSeconds: Date.now() / 1_000 - (Number(seconds) + Number(micros) / 1e6),
  };
}
