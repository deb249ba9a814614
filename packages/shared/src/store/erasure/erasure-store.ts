import type { Redis } from 'ioredis';
import { createKeys } from '../keys';
import { defineScript } from '../script';
import { fields, number, text } from '../shape';

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

const readErasure = fields({ id: text, tenant: text, actor: text, from: text, request_id: text, asked: number });

/** The erasures that are not done, and what of a tenant is there to be erased. */
export function createErasureStore(redis: Redis, prefix: string) {
  const key = createKeys(prefix);
  const begin = defineScript({ redis, prefix }, 'erasure/begin-erasure', { read: readErasure });
  const end = defineScript({ redis, prefix }, 'erasure/end-erasure', { read: number });

  return {
    /** Refuses the tenant's submits from now on. Returns the erasure, or the one that goes on already. */
    begin: (erasure: Erasure): Promise<Erasure> => begin({ tenant: erasure.tenant }, JSON.stringify(erasure)),

    async end({ tenant }: Erasure): Promise<void> {
      await end({ tenant });
    },

    async open(): Promise<Erasure[]> {
      return Object.values(await redis.hgetall(key('erasures'))).map((stored) =>
        readErasure(JSON.parse(stored), 'erasure'),
      );
    },

    /** One replica at a time works at an erasure, and renews its hold as long as it does. */
    async hold({ tenant }: Erasure, holder: string): Promise<boolean> {
      const held = key('erasureHolder', tenant);
      const got = (await redis.set(held, holder, 'PX', HELD_MS, 'NX')) ?? (await redis.get(held));
      if (got === holder) await redis.pexpire(held, HELD_MS);
      return got === 'OK' || got === holder;
    },

    /** Ids of the tenant's jobs, a page of them: those that were erased are not among them any more. */
    jobs: (tenant: string): Promise<string[]> => redis.zrange(key('tenantJobs', tenant), '0', '99'),

    /** An id without a record is in the index only. */
    async forget(tenant: string, id: string): Promise<void> {
      await redis.zrem(key('tenantJobs', tenant), id);
    },

    /** Ids of jobs whose record is gone and of which a webhook's delivery is left. */
    async deliveries(tenant: string): Promise<string[]> {
      const found: string[] = [];
      for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
        const [next, keys] = await redis.scan(cursor, 'MATCH', key('delivery', '*'), 'COUNT', SCANNED_AT_ONCE);
        const pipeline = redis.pipeline();
        for (const key of keys) pipeline.hget(key, 'tenant');
        const tenants = (await pipeline.exec()) ?? [];
        for (const [i, key] of keys.entries())
          if (tenants[i]?.[1] === tenant) found.push(key.slice(key.lastIndexOf(':') + 1));
        cursor = next;
      }
      return found;
    },
  };
}
