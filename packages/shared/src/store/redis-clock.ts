import type { Redis } from 'ioredis';

/** Redis' time in milliseconds since 1970. */
export async function redisTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

/**
 * What Redis' clock said, and what the monotonic clock of this machine said as that arrived. Deadlines and due times are
 * by Redis' clock: the wall clock of a machine may be wrong, and may be set at any moment.
 */
export interface ClockReading {
  readonly redis: number;
  readonly monotonic: number;
}

/** Milliseconds of a clock that nobody sets; the same for all processes of a machine. */
const monotonicNow = (): number => Number(process.hrtime.bigint() / 1_000_000n);

export const clockReading = (redis: number): ClockReading => ({ redis, monotonic: monotonicNow() });

/** What Redis' clock says now: what it said, and the time since. */
export const redisNow = ({ redis, monotonic }: ClockReading): number => redis + monotonicNow() - monotonic;
