import { randomUUID } from 'node:crypto';
import type { Audit } from '@flashcards/shared/runtime/audit';
import type { ResultCache } from '@flashcards/shared/store/decks/result-cache';
import type { Erasure, ErasureStore, JobErasure, OwedErasure, Receipt } from '@flashcards/shared/store/erasure/erasure-store'; // prettier-ignore
import { AppError } from '@flashcards/shared/contract/errors';
import type { Jobs } from '../jobs/jobs';
import { noJob } from '../jobs/reading';

export interface ErasuresParts {
  readonly store: ErasureStore;
  readonly eraseJob: Jobs['eraseIfThere'];
  readonly cache: Pick<ResultCache, 'remove'>;
  readonly audit: Audit;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 5_000;
/** What is not erased. */
export const STAYS = ['api_keys', 'budget_counters', 'tombstones', 'erasure_receipts'] as const;

/** Who asks for an erasure. */
type By = Omit<Erasure, 'id' | 'asked'>;
export type Erasures = ReturnType<typeof createErasures>;

/**
 * Erases jobs of tenants that asked for it. An erasure is done when the cache has nothing of it either; then its receipt is
 * written. What cannot be done at once is owed, also after this process, and also what a replica began that is gone.
 */
export function createErasures(parts: ErasuresParts) {
  const { store, eraseJob, audit, onError } = parts;
  const me = randomUUID();
  let working: Promise<void> | undefined;
  const newErasure = (by: By): Erasure => ({ ...by, id: `era_${randomUUID()}`, asked: Date.now() });

  async function work(): Promise<void> {
    for (const erasure of await store.open()) {
      const isEnded = await eraseJobs(parts, erasure, me);
      if (isEnded) await finish(parts, erasure);
    }
    for (const owed of await store.owed()) if (!(await finish(parts, owed))) return;
  }

  function ask(): void {
    working ??= work()
      .catch(onError)
      .finally(() => (working = undefined));
  }

  return {
    /** Begins to erase all of a tenant's jobs. */
    async begin(by: By): Promise<Receipt> {
      const mine = newErasure(by);
      const { id, asked } = await store.begin(mine);
      if (id === mine.id) await audit.record(recordOf(mine, 'erasure_asked'));
      ask();
      return (await store.receipt(id, by.tenant)) ?? { id, asked, done: null, jobs: 0, resultsLeft: 0 };
    },

    async receipt(id: string, tenant: string): Promise<Receipt> {
      const receipt = await store.receipt(id, tenant);
      if (!receipt) throw new AppError('not_found', 'There is no erasure with this id.');
      return receipt;
    },

    /** Erases one job. */
    async eraseJob(job: string, by: By): Promise<void> {
      const erasure: JobErasure = { ...newErasure(by), job };
      if (!(await eraseJob(job, by.tenant, erasure))) throw noJob();
      const isFinished = await finish(parts, erasure).catch((error: unknown) => {
        onError(error);
        return false;
      });
      // A restore from a backup of before repeats what was asked, too.
      if (!isFinished) await audit.record(recordOf(erasure, 'erasure_asked'));
    },

    /** Looks for what is owed, and for erasures that were started elsewhere; returns how to stop. */
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

/** Erases all jobs of a tenant. True when none is left, and it was this call that ended it. */
async function eraseJobs({ store, eraseJob }: ErasuresParts, erasure: Erasure, me: string): Promise<boolean> {
  const { tenant } = erasure;
  for (;;) {
    if (!(await store.hold(erasure, me))) return false;
    const ids = await store.jobs(tenant);
    const left = ids.length > 0 ? ids : await store.deliveries(tenant);
    if (left.length === 0) return store.end(erasure);
    const erased = await Promise.all(left.map((id) => eraseJob(id, tenant, { id: erasure.id })));
    await Promise.all(left.filter((_id, i) => !erased[i]).map((id) => store.forget(tenant, id)));
  }
}

/** Removes what an erasure owes from the cache, and writes its receipt. False while the cache cannot be reached. */
async function finish({ store, cache, audit }: ErasuresParts, erasure: OwedErasure): Promise<boolean> {
  let removed: readonly string[] = [];
  for (;;) {
    const { left, jobs } = await store.results(erasure.id, removed);
    if (left.length > 0) {
      if (!(await cache.remove(left))) return false;
      removed = left;
      continue;
    }
    const details = { jobs, stays: STAYS, took_ms: Date.now() - erasure.asked };
    await audit.record({ ...recordOf(erasure, 'erased'), ...(erasure.job === undefined ? { details } : {}) });
    await store.close(erasure.id);
    return true;
  }
}

function recordOf({ id, job, asked: _asked, ...by }: OwedErasure, what: 'erased' | 'erasure_asked') {
  const about = job === undefined ? { action: `data.${what}`, target: id } : { action: `job.${what}`, target: job };
  return { ...by, ...about, outcome: 'done' as const };
}
