import { setTimeout as wait } from 'node:timers/promises';
import type { Usage } from '@flashcards/shared/contract/deck';
import type { Run, Store } from '@flashcards/shared/store/jobs/job-store';
import type { Model, ModelUsage } from './port';
import { type Unbilled, reconciledUsage } from './spending';

/** A bill comes some seconds after its call ended, if ever. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 15_000];
/** Runs whose bills are waited for at once. The usage of further runs is written as not final. */
const MAX_RUNS = 1_000;

export interface UsageReconciliationParts {
  readonly model: Pick<Model, 'bill'>;
  readonly store: Pick<Store, 'spent'>;
  readonly onError: (error: unknown) => void;
}

/** Finds out what the calls of a canceled job cost, and writes that into its record once, if the run still counts. */
export class UsageReconciliation {
  readonly #stop = new AbortController();
  readonly #open = new Set<Promise<void>>();

  readonly #parts: UsageReconciliationParts;
  readonly #waitsMs: readonly number[];

  constructor(parts: UsageReconciliationParts, waitsMs = WAITS_MS) {
    this.#parts = parts;
    this.#waitsMs = waitsMs;
  }

  reconcile(run: Run, unbilled: Unbilled): void {
    const look = this.#open.size < MAX_RUNS;
    const work = this.#usageOf(unbilled, look)
      .then((usage) => this.#parts.store.spent(run, usage))
      .then(() => undefined, this.#parts.onError)
      .finally(() => this.#open.delete(work));
    this.#open.add(work);
  }

  /** Waits for no further bill; what is known is written. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#open);
  }

  async #usageOf(unbilled: Unbilled, look: boolean): Promise<Usage> {
    const bills = unbilled.calls.map((call) => (call && look ? this.#bill(call) : Promise.resolve(null)));
    return reconciledUsage(unbilled, await Promise.all(bills));
  }

  async #bill(call: string): Promise<ModelUsage | null> {
    const { signal } = this.#stop;
    for (const ms of this.#waitsMs) {
      await wait(ms, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return null;
      const bill = await this.#parts.model.bill(call, signal);
      if (bill) return bill;
    }
    return null;
  }
}
