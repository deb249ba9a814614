import type { Redis } from 'ioredis';
import { createKeys } from './keys';
import { redisTime } from './redis-clock';
import { parsed } from './shape';

/** What a worker's probe of the model's API found. Only workers hold its key, so they leave the outcome in Redis. */
export interface ModelProbe {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly reason: string;
}

const KEPT_SECONDS = 600;
const keyOf = (prefix: string): string => createKeys(prefix)('modelProbe');

export async function writeModelProbe(redis: Redis, prefix: string, probe: ModelProbe): Promise<void> {
  await redis.set(keyOf(prefix), JSON.stringify({ ...probe, at: await redisTime(redis) }), 'EX', KEPT_SECONDS);
}

export async function readModelProbe(
  redis: Redis,
  prefix: string,
): Promise<(ModelProbe & { ageSeconds: number }) | null> {
  const [stored, now] = await Promise.all([redis.get(keyOf(prefix)), redisTime(redis)]);
  if (!stored) return null;
  const { status, reason, at } = parsed<ModelProbe & { at: number }>(stored);
  return { status, reason, ageSeconds: (now - at) / 1_000 };
}
