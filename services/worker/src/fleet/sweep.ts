import type { Feed } from '@flashcards/shared/queue/feed';
import { type Logger, createLimitedLog, errorFields } from '@flashcards/shared/runtime/logger';
import { oneAtATime } from '@flashcards/shared/runtime/time';
import type { Store } from '@flashcards/shared/store/jobs/job-store';
import type { WorkerMetrics } from '../metrics';

export const SWEEP_MS = 2_000;

export interface SweepParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
}

/**
 * Every few seconds, one at a time in the whole fleet: feeds, and finds jobs that nothing will finish any more. Steps
 * may be repeated without harm. Returns how to stop.
 */
export function startSweep({ store, feed, metrics, logger }: SweepParts): () => void {
  const failed = createLimitedLog(logger.warn);
  const sweep = async (): Promise<void> => {
    try {
      const requeued = await store.sweep();
      if (requeued) {
        metrics.sweeps.inc(requeued);
        logger.warn('sweep.requeued', { jobs: requeued });
      }
      feed.ask();
    } catch (error) {
      failed('sweep.failed', 'sweep', errorFields(error));
    }
  };
  // While Redis is away a sweep waits for it, and dozens would be due at once when it is back.
  const timer = setInterval(oneAtATime(sweep), SWEEP_MS);
  return () => clearInterval(timer);
}
