import {
  AppError,
  type ErrorCode,
  HTTP_ERRORS,
  type HttpErrorCode,
  JOB_ERRORS,
  type FieldError,
  errorRow,
} from '@flashcards/shared/contract/errors';
import { keysOf } from '@flashcards/shared/contract/schema';
import { Joi } from '@flashcards/shared/contract/text';
import type { Input } from './endpoint';
import { type Json, objectOf } from '@flashcards/shared/runtime/json';
import { isRedisAway } from '@flashcards/shared/runtime/redis';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';

/** RFC 9457, as one item of a batch has it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly trace_id?: string;
  readonly policy?: string;
  readonly errors?: readonly FieldError[];
  readonly retry_after_seconds?: number;
}

export const problemSchema = Joi.object<Problem>({
  type: Joi.string().required(),
  title: Joi.string().required(),
  status: Joi.number().integer().required(),
  detail: Joi.string().required(),
  code: Joi.string()
    .valid(...keysOf(HTTP_ERRORS), ...keysOf(JOB_ERRORS))
    .required(),
  request_id: Joi.string().required(),
  trace_id: Joi.string()
    .pattern(/^[0-9a-f]{32}$/, { name: 'must be the id of a trace' })
    .description('The trace of the request (W3C trace context), where there is one.'),
  policy: Joi.string(),
  errors: Joi.array().items(
    Joi.object<FieldError>({
      pointer: Joi.string().allow('').required().description('A JSON pointer. Empty: the whole body.'),
      detail: Joi.string().required(),
    }),
  ),
  retry_after_seconds: Joi.number().integer().description('What `Retry-After` says of a request.'),
});

/** The request that a problem answers. */
type ProblemContext = Pick<Input, 'requestId' | 'trace'>;

/** RFC 9457. `type` is the section of the error documentation. */
export const problemOf = (error: AppError, { requestId, trace }: ProblemContext): Problem => ({
  type: `/docs/errors#${error.code}`,
  title: errorRow(error.code).title,
  status: errorRow(error.code).status,
  detail: error.message,
  code: error.code,
  request_id: requestId,
  ...traceFields(trace),
  ...(error.details.policy ? { policy: error.details.policy } : {}),
  ...(error.details.errors ? { errors: error.details.errors } : {}),
});

/** What a body parser complains about, in our words; anything else of its 4xx is malformed. */
const PARSER_ERRORS: Readonly<Record<string, readonly [HttpErrorCode, string]>> = {
  'encoding.unsupported': ['unsupported_media_type', 'The body must be sent uncompressed.'],
};

const bytes = (count: number): string =>
  count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;

/** `length`: what the request announced; `received`: what had come of it. */
function tooLarge({ length, received, limit }: Json): AppError {
  const found = length ? `is ${bytes(Number(length))}` : `is longer than ${bytes(Number(received ?? 0))}`;
  return new AppError('too_large', `The body ${found}; at most ${bytes(Number(limit ?? 0))} are allowed.`);
}

/** Any error as one of ours: the table decides status and code, and nothing of a library gets out. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isRedisAway(error))
    return new AppError('queue_unavailable', 'The queue cannot be reached.', { retryAfterSeconds: 2 });
  const thrown = objectOf(error);
  const { type, status } = thrown;
  if (type === 'entity.too.large') return tooLarge(thrown);
  const known = typeof type === 'string' ? PARSER_ERRORS[type] : undefined;
  if (known) return new AppError(...known);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('malformed_request', 'The request cannot be read.');
  }
  return new AppError('internal', 'Internal error. It was logged under this request id.', {}, { cause: error });
}
