import type { Redis } from 'ioredis';
import { NANO } from '../../contract/cost';
import { createKeys } from '../keys';
import { redisTime } from '../redis-clock';
import { list, number, optional } from '../shape';

/** What a tenant's jobs that ended on a day of UTC have used. */
export interface DayUsage {
  /** `2026-11-24`. */
  readonly date: string;
  readonly jobs: number;
  readonly cards: number;
  readonly cache_hits: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
}

/** What the open jobs of a tenant with limits hold. */
export interface HeldUsage {
  readonly open_jobs: number;
  readonly tokens: number;
  readonly cost_usd: number;
}

/** Redis has nothing where nothing was counted. */
const counts = list((value, name) => optional(number)(value, name) ?? 0);
const DAY_MS = 86_400_000;
const FIELDS = ['jobs', 'cards', 'cache_hits', 'input_tokens', 'output_tokens', 'nano'] as const;

export type UsageStore = ReturnType<typeof createUsageStore>;

/** Reads what `accounts.lua` writes. */
export function createUsageStore(redis: Redis, prefix: string) {
  const key = createKeys(prefix);
  function dayOf(day: number, values: readonly number[]): DayUsage {
    const [jobs = 0, cards = 0, cache_hits = 0, input_tokens = 0, output_tokens = 0, nano = 0] = values;
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    return { date, jobs, cards, cache_hits, input_tokens, output_tokens, cost_usd: nano / NANO };
  }

  /** The last days with today first, those without jobs left out but for today, and what is held now. */
  return async function usageOf(tenant: string, days: number): Promise<{ days: DayUsage[]; held: HeldUsage }> {
    const today = Math.floor((await redisTime(redis)) / DAY_MS);
    const pipeline = redis.pipeline().hmget(key('account', tenant), 'open', 'held_tokens', 'held_nano');
    for (let i = 0; i < days; i += 1) pipeline.hmget(key('usage', tenant, today - i), ...FIELDS);
    const answers = (await pipeline.exec()) ?? [];
    const [account = [], ...read] = answers.map(([error, values]) => {
      if (error) throw error;
      return counts(values, 'usage');
    });
    const [open_jobs = 0, tokens = 0, nano = 0] = account;
    const used = read.map((values, i) => dayOf(today - i, values)).filter(({ jobs }, i) => i === 0 || jobs > 0);
    return { days: used, held: { open_jobs, tokens, cost_usd: nano / NANO } };
  };
}
