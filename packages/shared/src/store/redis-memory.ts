import type { Redis } from 'ioredis';
import { ConfigError } from '../runtime/config';
import { within } from '../runtime/time';
import { createKeys } from './keys';

export interface RedisMemory {
  readonly usedBytes: number;
  /** `maxmemory`, or all of its machine's where that is not set. */
  readonly maxBytes: number;
  readonly policy: string;
}

/** What a Redis says of its memory. */
export async function readRedisMemory(redis: Redis): Promise<RedisMemory> {
  const info = await redis.info('memory');
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const max = Number(field('maxmemory')) || Number(field('total_system_memory'));
  return { usedBytes: Number(field('used_memory')), maxBytes: max, policy: field('maxmemory_policy') };
}

/** Whether Redis writes its append-only file, or keeps none: an error there means that what is accepted may be lost. */
export const readAofOk = async (redis: Redis): Promise<boolean> =>
  !/^aof_last_(write|bgrewrite)_status:err/m.test(await redis.info('persistence'));

/**
 * Whether Redis takes a write now, which a replica, and a primary without its replicas or its disk, does not. The key is
 * never there, so nothing changes; and a removal asks for no memory, so a full Redis still counts as one that does.
 */
export async function readWritable(redis: Redis, prefix: string): Promise<boolean> {
  try {
    await redis.unlink(createKeys(prefix)('writable'));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return false;
    throw error;
  }
}

const LIMIT_MS = 2_000;
export const KEEPS_ALL = 'noeviction';

/**
 * Refuses a Redis that would throw away accepted jobs when it is full. One that does not answer, or may not be asked,
 * is not judged here.
 */
export async function refuseEviction(redis: Redis): Promise<void> {
  const memory = await within(LIMIT_MS, readRedisMemory(redis), () => new Error('late')).catch(() => null);
  if (memory?.policy && memory.policy !== KEEPS_ALL)
    throw new ConfigError(
      `The Redis at REDIS_URL may evict accepted jobs (maxmemory-policy ${memory.policy}): set it to ${KEEPS_ALL}.`,
    );
}
