import type { Redis } from 'ioredis';
import { defineScript } from '../script';

/** Who asked to erase a tenant's data, and when: all that is kept of it until it is done. */
export interface Erasure {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly from: string;
  readonly request_id: string;
  /** Milliseconds since 1970. */
  readonly asked: number;
}

export type ErasureStore = ReturnType<typeof createErasureStore>;

const HELD_MS = 10_000;
const SCANNED_AT_ONCE = 1_000;

/** The erasures that are not done, and what of a tenant is there to be erased. */
export function createErasureStore(redis: Redis, prefix: string) {
  const begin = defineScript(redis, 'erasure/begin-erasure');
  const end = defineScript(redis, 'erasure/end-erasure');
  const all = `${prefix}:erasures`;

  return {
    /** Refuses the tenant's submits from now on. Returns the erasure, or the one that goes on already. */
    async begin(erasure: Erasure): Promise<Erasure> {
      return JSON.parse((await begin(prefix, erasure.tenant, JSON.stringify(erasure))) as string) as Erasure;
    },

    async end({ tenant }: Erasure): Promise<void> {
      await end(prefix, tenant);
    },

    async open(): Promise<Erasure[]> {
      return Object.values(await redis.hgetall(all)).map((text) => JSON.parse(text) as Erasure);
    },

    /** One replica at a time works at an erasure; whoever does says so again and again. */
    async hold({ tenant }: Erasure, holder: string): Promise<boolean> {
      const key = `${prefix}:erasure-held:${tenant}`;
      const got = (await redis.set(key, holder, 'PX', HELD_MS, 'NX')) ?? (await redis.get(key));
      if (got === holder) await redis.pexpire(key, HELD_MS);
      return got === 'OK' || got === holder;
    },

    /** Ids of the tenant's jobs, a page of them: those that were erased are not among them any more. */
    jobs: (tenant: string): Promise<string[]> => redis.zrange(`${prefix}:jobs:${tenant}`, '0', '99'),

    /** An id without a record is in the index only. */
    async forget(tenant: string, id: string): Promise<void> {
      await redis.zrem(`${prefix}:jobs:${tenant}`, id);
    },

    /** Ids of jobs whose record is gone and of which a webhook's delivery is left. */
    async deliveries(tenant: string): Promise<string[]> {
      const found: string[] = [];
      for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
        const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:delivery:*`, 'COUNT', SCANNED_AT_ONCE);
        const pipeline = redis.pipeline();
        for (const key of keys) pipeline.hget(key, 'tenant');
        const tenants = (await pipeline.exec()) ?? [];
        tenants.forEach(
          ([, owner], i) => owner === tenant && found.push((keys[i] as string).split(':').at(-1) as string),
        );
        cursor = next;
      }
      return found;
    },
  };
}
