import type { Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { type AllowanceParts, createAllowance } from '../model/allowance';
import type { Count } from '../counts';
import { type Generated, generate } from '../decks/generate';
import type { Model } from '../model/port';
import type { RunLog } from './run-log';

export interface GenerateProcessorParts {
  readonly allowance: AllowanceParts;
  readonly model: Model;
  readonly count: (count: Count) => void;
  readonly tracing: Tracing | undefined;
}

/** The processor of the queue `generate`: makes a deck, and logs each card it keeps. */
export function createGenerateProcessor({ model, count, allowance, tracing }: GenerateProcessorParts) {
  return (run: Run, log: Pick<RunLog, 'add'>, signal: AbortSignal): Promise<Generated> =>
    generate(
      run,
      {
        model,
        count,
        tracing,
        permit: createAllowance(run, allowance),
        onCard: (card, progress) => log.add(card, progress),
      },
      signal,
    );
}
