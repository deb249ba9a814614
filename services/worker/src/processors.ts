import type { Usage } from '@flashcards/shared/contract/deck';
import type { Run, Store } from '@flashcards/shared/store/store';
import { type Generated, generate } from './generate';
import type { WorkerMetrics } from './metrics';
import type { OpenRouter } from './openrouter';

const TELL_MILLISECONDS = 250;

export interface GenerateProcessorParts {
  readonly store: Store;
  readonly openRouter: OpenRouter;
  readonly metrics: WorkerMetrics;
  /** The record says that this run does not hold the job any more. */
  readonly lost: (id: string) => void;
}

/** The processor of the queue `generate`: makes a deck, and tells how far it is four times a second. */
export function createGenerateProcessor({ store, openRouter, metrics, lost }: GenerateProcessorParts) {
  return async (run: Run, signal: AbortSignal): Promise<Generated> => {
    let latest: readonly [number, Usage] | undefined;
    const tell = async (): Promise<void> => {
      if (!latest) return;
      const [cards, usage] = latest;
      latest = undefined;
      if (!(await store.progress(run, cards, usage))) lost(run.id);
    };
    // A failed tell is told again with the next card; only the end must arrive.
    const timer = setInterval(() => void tell().catch(() => undefined), TELL_MILLISECONDS);
    const onProgress = (cards: number, usage: Usage): void => void (latest = [cards, usage]);
    try {
      return await generate(run, { openRouter, metrics, onProgress }, signal);
    } finally {
      clearInterval(timer);
    }
  };
}
