import type { Usage } from '@flashcards/shared/contract/deck';
import type { Run, Store } from '@flashcards/shared/store/jobs/job-store';
import type { ModelUsage } from './model-errors';
import type { OpenRouter } from './openrouter/client';
import { type Unbilled, reconciledUsage } from './spending';

/** A bill is there some seconds after its call ended, if ever. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 15_000];
/** Runs whose bills are waited for at once; what comes beyond is written as not final. */
const MAX_RUNS = 1_000;

export interface UsageReconciliationParts {
  readonly openRouter: Pick<OpenRouter, 'bill'>;
  readonly store: Pick<Store, 'spent'>;
  readonly onError: (error: unknown) => void;
}

/** Finds out what the calls of a canceled job cost after all, and writes it into its record: once, if the run still counts. */
export class UsageReconciliation {
  readonly #stop = new AbortController();
  readonly #open = new Set<Promise<void>>();

  readonly #parts: UsageReconciliationParts;

  constructor(parts: UsageReconciliationParts) {
    this.#parts = parts;
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
    for (const ms of WAITS_MS) {
      await this.#wait(ms);
      if (this.#stop.signal.aborted) return null;
      const bill = await this.#parts.openRouter.bill(call, this.#stop.signal);
      if (bill) return bill;
    }
    return null;
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      if (signal.aborted) go();
      else signal.addEventListener('abort', go);
    });
  }
}
