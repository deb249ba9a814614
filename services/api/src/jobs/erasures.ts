import { randomUUID } from 'node:crypto';
import type { Audit } from '@flashcards/shared/runtime/audit';
import type { Erasure, ErasureStore } from '@flashcards/shared/store/erasure/erasure-store';

export interface ErasuresParts {
  readonly store: ErasureStore;
  /** Erases a job with all that belongs to it; false when this tenant has no such job. */
  readonly eraseJob: (id: string, tenant: string) => Promise<boolean>;
  readonly audit: Audit;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 5_000;
/** What is not erased. */
export const STAYS = ['api_keys', 'budget_counters', 'tombstones'] as const;

export type Erasures = ReturnType<typeof createErasures>;

/** Erases all jobs of tenants that asked for it, also those that a replica began which is gone. */
export function createErasures({ store, eraseJob, audit, onError }: ErasuresParts) {
  const me = randomUUID();
  let working: Promise<void> | undefined;

  async function erasePage(erasure: Erasure, ids: readonly string[]): Promise<number> {
    const erased = await Promise.all(ids.map((id) => eraseJob(id, erasure.tenant)));
    await Promise.all(ids.filter((_id, i) => !erased[i]).map((id) => store.forget(erasure.tenant, id)));
    return erased.filter(Boolean).length;
  }

  async function erase(erasure: Erasure): Promise<void> {
    let jobs = 0;
    for (;;) {
      if (!(await store.hold(erasure, me))) return;
      const ids = await store.jobs(erasure.tenant);
      const left = ids.length > 0 ? ids : await store.deliveries(erasure.tenant);
      if (left.length === 0) break;
      jobs += await erasePage(erasure, left);
    }
    await store.end(erasure);
    const { id: target, tenant, actor, from, request_id, asked } = erasure;
    const details = { jobs, stays: STAYS, took_ms: Date.now() - asked };
    await audit.record({ action: 'data.erased', actor, tenant, target, from, request_id, outcome: 'done', details });
  }

  async function work(): Promise<void> {
    for (const erasure of await store.open()) await erase(erasure);
  }

  function ask(): void {
    working ??= work()
      .catch(onError)
      .finally(() => (working = undefined));
  }

  return {
    /** Begins to erase all of a tenant's jobs; the receipt is in the audit log. */
    async begin(by: Omit<Erasure, 'id' | 'asked'>): Promise<Erasure> {
      const erasure = await store.begin({ ...by, id: `era_${randomUUID()}`, asked: Date.now() });
      ask();
      return erasure;
    },

    /** Looks for erasures that were started elsewhere; returns how to stop. */
    start(): () => Promise<void> {
      const timer = setInterval(ask, LOOK_MS);
      ask();
      return async () => {
        clearInterval(timer);
        await working;
      };
    },
  };
}
