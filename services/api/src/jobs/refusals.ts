import { AppError } from '@flashcards/shared/contract/errors';
import { etaSeconds } from '@flashcards/shared/store/jobs/record';
import type { Admitted } from '@flashcards/shared/store/jobs/job-store';

export const gone = (): AppError => new AppError('gone', 'The job of this Idempotency-Key has expired or was erased.');
export const mismatch = (): AppError =>
  new AppError('idempotency_mismatch', 'This Idempotency-Key was used with another body.');

/** What an admission that made no job is answered with. */
const REFUSALS = {
  mismatch,
  gone,
  limited: ({ retryAfterSeconds }: Admitted) =>
    new AppError('rate_limited', 'Too many submits in a minute.', { retryAfterSeconds, policy: 'submits' }),
  refused: ({ status: policy, retryAfterSeconds }: Admitted) => refusedBy(policy, retryAfterSeconds),
  erasing: () =>
    new AppError('conflict', 'Your data is being erased: submit again in a minute.', { retryAfterSeconds: 60 }),
  overloaded: ({ queuePosition: place }: Admitted, maxWaiting: number) =>
    new AppError('overloaded', 'Too many jobs are waiting.', {
      // Until a tenth of those who wait should have ended.
      retryAfterSeconds: Math.min(60, Math.max(1, etaSeconds({ ...place, position: maxWaiting / 10 }))),
    }),
} as const;

/** A budget that cannot be kept is not spent. */
export const withoutPrice = (): AppError =>
  new AppError('budget_exceeded', 'There is a budget and no price to reserve at: MODEL_MAX_PRICE is not set.', {
    policy: 'cost-day',
  });

const POLICIES: Readonly<Record<string, readonly ['quota_exceeded' | 'budget_exceeded', string]>> = {
  'jobs-open': ['quota_exceeded', 'Too many of your jobs have not ended yet.'],
  'tokens-day': ['quota_exceeded', "Today's tokens do not suffice for this job."],
  'cost-day': ['budget_exceeded', "Today's budget does not suffice for this job."],
};

function refusedBy(policy: string, retryAfterSeconds: number): AppError {
  const [code, message] = POLICIES[policy] ?? ['quota_exceeded', 'A limit is reached.'];
  return new AppError(code, message, { retryAfterSeconds, policy });
}

type Refusal = (admitted: Admitted, maxWaiting: number) => AppError;

/** Throws what stands against a job; a job that was made, or is there, passes. */
export function refuse(admitted: Admitted, maxWaiting: number): void {
  const refusal = REFUSALS[admitted.outcome as keyof typeof REFUSALS] as Refusal | undefined;
  if (refusal) throw refusal(admitted, maxWaiting);
}
