import type { Usage } from '@flashcards/shared/contract/deck';
import type { Run, Store } from '@flashcards/shared/store/store';
import type { ModelUsage } from './model-errors';
import type { OpenRouter } from './openrouter';
import { type Unbilled, settled } from './spending';

/** A bill is there some seconds after its call ended, if ever. */
const WAITS_MILLISECONDS = [500, 1_000, 2_000, 5_000, 15_000];
/** Runs whose bills are waited for at once; what comes beyond is written as not final. */
const MOST_RUNS = 1_000;

export interface LateBillsParts {
  readonly openRouter: Pick<OpenRouter, 'bill'>;
  readonly store: Pick<Store, 'spent'>;
  readonly onError: (error: unknown) => void;
}

/** Finds out what the calls of a canceled job cost after all, and writes it into its record: once, if the run still counts. */
export class LateBills {
  private readonly stop = new AbortController();
  private readonly open = new Set<Promise<void>>();

  constructor(private readonly parts: LateBillsParts) {}

  settle(run: Run, unbilled: Unbilled): void {
    const look = this.open.size < MOST_RUNS;
    const work = this.usageOf(unbilled, look)
      .then((usage) => this.parts.store.spent(run, usage))
      .then(() => undefined, this.parts.onError)
      .finally(() => this.open.delete(work));
    this.open.add(work);
  }

  /** Waits for no further bill; what is known is written. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.open);
  }

  private async usageOf(unbilled: Unbilled, look: boolean): Promise<Usage> {
    const bills = unbilled.calls.map((call) => (call && look ? this.bill(call) : Promise.resolve(null)));
    return settled(unbilled, await Promise.all(bills));
  }

  private async bill(call: string): Promise<ModelUsage | null> {
    for (const milliseconds of WAITS_MILLISECONDS) {
      await this.wait(milliseconds);
      if (this.stop.signal.aborted) return null;
      const bill = await this.parts.openRouter.bill(call, this.stop.signal);
      if (bill) return bill;
    }
    return null;
  }

  private wait(milliseconds: number): Promise<void> {
    const { signal } = this.stop;
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, milliseconds);
      if (signal.aborted) go();
      else signal.addEventListener('abort', go);
    });
  }
}
