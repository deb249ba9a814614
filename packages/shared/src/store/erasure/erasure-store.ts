import type { Redis } from 'ioredis';
import { createKeys } from '../keys';
import { type Keyspace, defineScript } from '../script';
import { fields, flag, list, number, optional, text } from '../shape';

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

/** An erasure of one job alone. */
export interface JobErasure extends Erasure {
  readonly job: string;
}

/** Any erasure without a receipt. */
export interface OwedErasure extends Erasure {
  readonly job?: string | undefined;
}

/** Times are milliseconds since 1970. */
export interface Receipt {
  readonly id: string;
  readonly asked: number;
  /** Null until then. */
  readonly done: number | null;
  /** How many were erased so far. */
  readonly jobs: number;
  /** How many cached results are to be removed yet. */
  readonly resultsLeft: number;
}

export type ErasureStore = ReturnType<typeof createErasureStore>;

const HELD_MS = 10_000;
const SCANNED_AT_ONCE = 1_000;
/** Backups that hold what was erased are gone by then. */
const RECEIPT_SECONDS = 30 * 86_400;
const MAX_RECEIPTS = 100;

const whose = { tenant: text, actor: text, from: text, request_id: text, asked: number };
const readErasure = fields({ id: text, ...whose });
const readOwed = fields({ erasures: list(fields({ id: text, ...whose, job: optional(text) })) });
const readLeft = fields({ left: list(text), jobs: number });
const readRecord = fields({
  tenant: optional(text),
  job: optional(text),
  asked: optional(number),
  done: optional(number),
  jobs: optional(number),
});

/** The erasures that are not done, their receipts, and what there is to be erased. */
export function createErasureStore(redis: Redis, prefix: string) {
  const keyspace = { redis, prefix };
  const key = createKeys(prefix);
  const begin = defineScript(keyspace, 'erasure/begin-erasure', { read: readErasure });
  const end = defineScript(keyspace, 'erasure/end-erasure', { read: flag });
  const raise = defineScript(keyspace, 'erasure/raise-epoch', { read: flag });

  return {
    ...owedSteps(keyspace),
    ...dataSteps(redis, key),

    /** Refuses the tenant's submits from now on. Returns the erasure, or the one that goes on already. */
    begin: (erasure: Erasure): Promise<Erasure> => begin({ ...erasure }, JSON.stringify(erasure)),

    /** The records have nothing of it left, so the tenant may submit again. False where another call has ended it. */
    end: (erasure: Erasure): Promise<boolean> => end({ ...erasure }),

    /** Nothing that the tenant has in the cache is served any more. */
    async raiseEpoch(tenant: string): Promise<void> {
      await raise({ tenant });
    },

    /** Erasures of all data that the records have not gone through yet. */
    async open(): Promise<Erasure[]> {
      return Object.values(await redis.hgetall(key('erasures'))).map((stored) =>
        readErasure(JSON.parse(stored), 'erasure'),
      );
    },

    /** How many have no receipt yet. */
    count: (): Promise<number> => redis.zcard(key('owedErasures')),

    /** What a tenant may know of an erasure of all its data; null where it has none with this id. */
    async receipt(id: string, tenant: string): Promise<Receipt | null> {
      const [stored, resultsLeft] = await Promise.all([
        redis.hgetall(key('erasure', id)),
        redis.scard(key('owedResults', id)),
      ]);
      const record = readRecord(stored, 'erasure');
      if (record.tenant !== tenant || record.job !== undefined || record.asked === undefined) return null;
      return { id, asked: record.asked, done: record.done ?? null, jobs: record.jobs ?? 0, resultsLeft };
    },

    /** One replica at a time works at an erasure, and renews its hold as long as it does. */
    async hold({ tenant }: Erasure, holder: string): Promise<boolean> {
      const held = key('erasureHolder', tenant);
      const got = (await redis.set(held, holder, 'PX', HELD_MS, 'NX')) ?? (await redis.get(held));
      if (got === holder) await redis.pexpire(held, HELD_MS);
      return got === 'OK' || got === holder;
    },
  };
}

/** What of a tenant is there to be erased. */
const dataSteps = (redis: Redis, key: ReturnType<typeof createKeys>) => ({
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
});

/** What is left of erasures once the records have nothing of them: the cached results, and the receipt. */
function owedSteps(keyspace: Keyspace) {
  const owed = defineScript(keyspace, 'erasure/owed-erasures', { read: readOwed });
  const results = defineScript(keyspace, 'erasure/owed-results', { read: readLeft });
  const close = defineScript(keyspace, 'erasure/close-erasure', { read: flag });
  return {
    /** The next ones that nobody works at. The caller does from now on. */
    owed: async (): Promise<readonly OwedErasure[]> => (await owed({})).erasures,

    /** Notes which cached results were removed. Returns the next ones. */
    results: (id: string, removed: readonly string[]) => results({ id, removed }),

    /** Its receipt is written. */
    async close(id: string): Promise<void> {
      await close({ id, receipt_seconds: RECEIPT_SECONDS, max_receipts: MAX_RECEIPTS });
    },
  };
}
