import { jobSchema } from '@flashcards/shared/contract/job';
import type { Input } from '../http/endpoint';
import { MAX_WAIT_SECONDS, readPrefer } from '../http/prefer';

/** What several rows say alike. */

export const answersJob = (description: string) => ({ description, schema: jobSchema });

export const READ_ERRORS = ['not_found', 'gone', 'quota_exceeded', 'queue_unavailable'] as const;
export const BODY_ERRORS = ['malformed_request', 'too_large', 'unsupported_media_type', 'invalid_request'] as const;
/** Of whatever makes a job. */
const LIMIT_ERRORS = ['rate_limited', 'quota_exceeded', 'budget_exceeded', 'overloaded', 'queue_unavailable'] as const;
export const RETRY_ERRORS = ['not_found', 'gone', 'invalid_request', 'idempotency_mismatch', 'conflict', ...LIMIT_ERRORS] as const; // prettier-ignore
export const SUBMIT_ERRORS = [...BODY_ERRORS, 'gone', 'idempotency_mismatch', 'conflict', ...LIMIT_ERRORS] as const;

export const REPEAT_HEADERS = {
  'Idempotency-Key': '1 to 255 printable ASCII characters: the same key and body give the same job for 24 h.',
  'Cache-Control': '`no-cache` makes a new deck. `no-store` also keeps it out of the cache.',
  traceparent: 'W3C trace context: travels to the worker, the model call and the webhook.',
};
export const SUBMIT_HEADERS = {
  ...REPEAT_HEADERS,
  Prefer: `\`wait=N\` waits up to N seconds, at most ${MAX_WAIT_SECONDS}, for the end of the job. \`respond-async\` does not wait.`,
};

export const waitsAsPreferred = (input: Input): number => readPrefer(input.header('prefer')).waitSeconds;
