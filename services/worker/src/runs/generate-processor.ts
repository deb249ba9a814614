import type { Tracing } from '@flashcards/shared/runtime/tracing';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { type AllowanceParts, createAllowance } from '../model/allowance';
import { type Generated, generate } from '../decks/generate';
import type { WorkerMetrics } from '../metrics';
import type { OpenRouter } from '../model/openrouter/client';
import type { RunLog } from './run-log';

export interface GenerateProcessorParts {
  readonly allowance: AllowanceParts;
  readonly openRouter: OpenRouter;
  readonly metrics: WorkerMetrics;
  readonly tracing: Tracing | undefined;
}

/** The processor of the queue `generate`: makes a deck, and logs each card it keeps. */
export function createGenerateProcessor({ openRouter, metrics, allowance, tracing }: GenerateProcessorParts) {
  return (run: Run, log: Pick<RunLog, 'add'>, signal: AbortSignal): Promise<Generated> =>
    generate(
      run,
      {
        openRouter,
        metrics,
        tracing,
        permit: createAllowance(run, allowance),
        onCard: (card, progress) => log.add(card, progress),
      },
      signal,
    );
}
