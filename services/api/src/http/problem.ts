import Joi from 'joi';
import { AppError, HTTP_ERRORS, type HttpErrorCode, JOB_ERRORS, errorRow } from '@flashcards/shared/contract/errors';
import type { Input } from './endpoint';
import { isRedisAway } from '@flashcards/shared/runtime/redis';
import { traceFields } from '@flashcards/shared/runtime/traceparent';

/** RFC 9457, as one item of a batch has it. */
export const problemSchema = Joi.object({
  type: Joi.string().required(),
  title: Joi.string().required(),
  status: Joi.number().integer().required(),
  detail: Joi.string().required(),
  code: Joi.string()
    .valid(...Object.keys(HTTP_ERRORS), ...Object.keys(JOB_ERRORS))
    .required(),
  request_id: Joi.string().required(),
  trace_id: Joi.string()
    .pattern(/^[0-9a-f]{32}$/)
    .description('The trace of the request (W3C trace context), where there is one.'),
  policy: Joi.string(),
  errors: Joi.array().items(Joi.object({ pointer: Joi.string().required(), detail: Joi.string().required() })),
  retry_after_seconds: Joi.number().integer().description('What `Retry-After` says of a request.'),
});

/** The request that a problem answers. */
type ProblemContext = Pick<Input, 'requestId' | 'trace'>;

/** RFC 9457. `type` is the section of the error documentation. */
export const problemOf = (error: AppError, { requestId, trace }: ProblemContext): object => ({
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
  'entity.too.large': ['too_large', 'The body is too large.'],
  'encoding.unsupported': ['unsupported_media_type', 'The body must be sent uncompressed.'],
};

/** Any error as one of ours: the table decides status and code, and nothing of a library gets out. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isRedisAway(error))
    return new AppError('queue_unavailable', 'The queue cannot be reached.', { retryAfterSeconds: 2 });
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? PARSER_ERRORS[type] : undefined;
  if (known) return new AppError(...known);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('malformed_request', 'The request cannot be read.');
  }
  return new AppError('internal', 'Something of ours failed.', {}, { cause: error });
}
