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

/** What a submit became once no cached result is left to bring to its text. */
export type Decided = Exclude<Admitted, { readonly kind: 'cached' }>;
type Taken = Admitted<'made' | 'replayed'>;
type Refusal = Exclude<Decided, Taken>['kind'];

/** What a submit that got no job is answered with. */
const REFUSALS: { readonly [K in Refusal]: (admitted: Admitted<K>, maxWaiting: number) => AppError } = {
  mismatch,
  gone,
  limited: ({ retryAfterSeconds }) =>
    new AppError('rate_limited', `Too many submits in the last minute. ${again(retryAfterSeconds)}`, {
      retryAfterSeconds,
      policy: 'submits',
    }),
  refused: ({ policy, retryAfterSeconds }) => refusedBy(policy, retryAfterSeconds),
  erasing: () => new AppError('conflict', `Your data is being erased. ${again(60)}`, { retryAfterSeconds: 60 }),
  overdue: () =>
    new AppError('overloaded', `Your jobs already wait longer than allowed. ${again(10)}`, { retryAfterSeconds: 10 }),
  overloaded: ({ queuePosition }, maxWaiting) => {
    // Until a tenth of those who wait should have ended.
    const retryAfterSeconds = Math.min(60, Math.max(1, etaSeconds({ ...queuePosition, position: maxWaiting / 10 })));
    return new AppError('overloaded', `The queue is full. ${again(retryAfterSeconds)}`, { retryAfterSeconds });
  },
};

const refusalOf = <K extends Refusal>(admitted: Admitted<K>, maxWaiting: number): AppError =>
  REFUSALS[admitted.kind](admitted, maxWaiting);

/** Passes a job that was made, or is there; throws what stands against any other. */
export function takenOrThrow(admitted: Decided, maxWaiting: number): Taken {
  if (admitted.kind === 'made' || admitted.kind === 'replayed') return admitted;
  throw refusalOf(admitted, maxWaiting);
}

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
  'stored-bytes': [
    'quota_exceeded',
    'You have stored as much as you may. Erase jobs that you do not need, or wait until their decks expire.',
  ],
  'cost-day': ['budget_exceeded', 'This job may cost more than is left of your budget for today.'],
};

export function refusedBy(policy: string, retryAfterSeconds: number): AppError {
  const [code, message] = POLICIES[policy] ?? ['quota_exceeded', 'You have reached a limit.'];
  return new AppError(code, message, { retryAfterSeconds, policy });
}
