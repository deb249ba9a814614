import type { Usage } from '@flashcards/shared/contract/deck';
import { JOB_ERRORS, type JobErrorCode } from '@flashcards/shared/contract/errors';
import { ATTEMPTS, CRASHES } from '@flashcards/shared/queue/queues';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { CallFailed, NoCards } from '../decks/failures';
import type { Generated } from '../decks/generate';
import { IsolatedProcessCrashed } from '../quarantine/isolated-process';
import { Stopped } from './running';

interface Outcomes {
  completed: { readonly generated: Generated };
  failed: { readonly code: JobErrorCode; readonly message: string; readonly usage: Usage | null };
  /** Again after a while; the attempt counts. */
  retried: { readonly delayMs: number | null; readonly reason: string; readonly usage: Usage | null };
  /** The whole fleet waits; the attempt does not count. */
  paused: { readonly delayMs: number; readonly reason: string; readonly usage: Usage | null };
  /** Given back, to run elsewhere at once; the attempt does not count. */
  handed_back: { readonly usage: Usage | null };
  /** Its process ended. That is no attempt, and counts as a crash when nothing else ran there. */
  crashed: { readonly alone: boolean; readonly exit: string };
  /** Somebody else decided about the job: nothing is left to write. */
  dropped: { readonly reason: 'canceled' | 'lost' };
}
export type OutcomeKind = keyof Outcomes;

/** How a run ended. It alone decides what happens to the job. */
export type Outcome<K extends OutcomeKind = OutcomeKind> = { [P in K]: { readonly kind: P } & Outcomes[P] }[K];

/** It crashed its worker too often. */
export const CRASHED: Outcome = {
  kind: 'failed',
  code: 'worker_crashed',
  message: JOB_ERRORS.worker_crashed.title,
  usage: null,
};

const CONTENT_ATTEMPTS = 2;
const SHORTEST_PAUSE_MS = 1_000;

/** Pure: what a thrown error means for this run. */
export function outcomeOf(
  error: unknown,
  run: Pick<Run, 'attempts' | 'deadline'> & Partial<Pick<Run, 'crashes'>>,
  now: number,
  spent: Usage | null = null,
): Outcome {
  if (error instanceof Stopped) return STOPPED[error.why](spent);
  if (error instanceof NoCards) return { kind: 'failed', code: 'no_cards', message: error.message, usage: error.usage };
  if (error instanceof CallFailed) return modelOutcome(error, run, now);
  if (error instanceof IsolatedProcessCrashed)
    return error.alone && (run.crashes ?? 0) + 1 >= CRASHES ? CRASHED : crashed(error);
  return again(run, ATTEMPTS, { code: 'internal', delay: null, reason: 'internal', usage: null });
}

const crashed = ({ alone, exit }: IsolatedProcessCrashed): Outcome => ({ kind: 'crashed', alone, exit });

const STOPPED: Readonly<Record<Stopped['why'], (usage: Usage | null) => Outcome>> = {
  canceled: () => ({ kind: 'dropped', reason: 'canceled' }),
  lost: () => ({ kind: 'dropped', reason: 'lost' }),
  drain: (usage) => ({ kind: 'handed_back', usage }),
  deadline: (usage) => ({
    kind: 'failed',
    code: 'deadline_exceeded',
    message: JOB_ERRORS.deadline_exceeded.title,
    usage,
  }),
};

function modelOutcome({ failure, usage }: CallFailed, run: Pick<Run, 'attempts' | 'deadline'>, now: number): Outcome {
  const { code, action, reason, retryAfterMs } = failure;
  const failed: Outcome = { kind: 'failed', code, message: JOB_ERRORS[code].title, usage };
  if (action === 'never') return failed;
  if (action !== 'pause') {
    return again(run, action === 'change' ? CONTENT_ATTEMPTS : ATTEMPTS, { code, delay: retryAfterMs, reason, usage });
  }
  const delayMs = Math.max(retryAfterMs ?? 0, SHORTEST_PAUSE_MS);
  return now + delayMs >= run.deadline ? failed : { kind: 'paused', delayMs, reason, usage };
}

interface Failure {
  readonly code: JobErrorCode;
  readonly delay: number | null;
  readonly reason: string;
  readonly usage: Usage | null;
}

function again({ attempts }: Pick<Run, 'attempts'>, max: number, { code, delay, reason, usage }: Failure): Outcome {
  if (attempts >= max) return { kind: 'failed', code, message: JOB_ERRORS[code].title, usage };
  return { kind: 'retried', delayMs: delay, reason, usage };
}
