import { AppError } from '@flashcards/shared/contract/errors';
import { etaSeconds } from '@flashcards/shared/store/jobs/record';
import type { Admitted } from '@flashcards/shared/store/jobs/job-store';

export const gone = (): AppError =>
  new AppError('gone', 'The job of this Idempotency-Key has expired or was erased. Use a new key.');
export const mismatch = (): AppError =>
  new AppError(
    'idempotency_mismatch',
    'This Idempotency-Key was used with another body. Use a new key for a new body.',
  );

/** When to repeat a request. */
export const again = (seconds: number): string => `Try again in ${seconds} s.`;

type Refusal = (admitted: Admitted, maxWaiting: number) => AppError;

/** What an admission that made no job is answered with; undefined where there is a job. */
const REFUSALS: Readonly<Record<Admitted['outcome'], Refusal | undefined>> = {
  made: undefined,
  cached: undefined,
  replayed: undefined,
  mismatch,
  gone,
  limited: ({ retryAfterSeconds }: Admitted) =>
    new AppError('rate_limited', `Too many submits in the last minute. ${again(retryAfterSeconds)}`, {
      retryAfterSeconds,
      policy: 'submits',
    }),
  refused: ({ status: policy, retryAfterSeconds }: Admitted) => refusedBy(policy, retryAfterSeconds),
  erasing: () => new AppError('conflict', `Your data is being erased. ${again(60)}`, { retryAfterSeconds: 60 }),
  overloaded: ({ queuePosition }: Admitted, maxWaiting: number) => {
    // Until a tenth of those who wait should have ended.
    const retryAfterSeconds = Math.min(60, Math.max(1, etaSeconds({ ...queuePosition, position: maxWaiting / 10 })));
    return new AppError('overloaded', `The queue is full. ${again(retryAfterSeconds)}`, { retryAfterSeconds });
  },
};

/** A budget that cannot be kept is not spent. */
export const withoutPrice = (): AppError =>
  new AppError(
    'budget_exceeded',
    'There is a budget but no price to reserve at. The operator has to set MODEL_MAX_PRICE.',
    {
      policy: 'cost-day',
    },
  );

const POLICIES: Readonly<Record<string, readonly ['quota_exceeded' | 'budget_exceeded', string]>> = {
  'jobs-open': ['quota_exceeded', 'You have as many open jobs as you may have. Submit again when one has ended.'],
  'tokens-day': ['quota_exceeded', 'This job may use more tokens than you have left for today.'],
  'cost-day': ['budget_exceeded', 'This job may cost more than is left of your budget for today.'],
};

function refusedBy(policy: string, retryAfterSeconds: number): AppError {
  const [code, message] = POLICIES[policy] ?? ['quota_exceeded', 'You have reached a limit.'];
  return new AppError(code, message, { retryAfterSeconds, policy });
}

/** Throws what stands against a job; a job that was made, or is there, passes. */
export function refuse(admitted: Admitted, maxWaiting: number): void {
  const refusal = REFUSALS[admitted.outcome];
  if (refusal) throw refusal(admitted, maxWaiting);
}
