import type { NextFunction, Request, Response } from 'express';
import { AppError, type HttpErrorCode, errorRow } from '@flashcards/shared/contract/errors';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { isRedisAway } from '@flashcards/shared/runtime/redis';
import { problemOf } from '../problem';
import { writeAnswer } from './answer';
import { refusedLimit } from './rate-limit';
import { contextOf } from './request-context';

/** What a body parser complains about, in our words; anything else of its 4xx is malformed. */
const PARSER_ERRORS: Readonly<Record<string, readonly [HttpErrorCode, string]>> = {
  'entity.too.large': ['too_large', 'The body is too large.'],
  'encoding.unsupported': ['unsupported_media_type', 'The content encoding is not supported.'],
  'charset.unsupported': ['unsupported_media_type', 'The charset must be UTF-8.'],
  'entity.parse.failed': ['malformed_request', 'The body is not JSON.'],
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

/** The one door for errors. */
export function errorHandler(logger: Logger) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = asAppError(thrown);
    const { status } = errorRow(error.code);
    if (status >= 500 || status === 429) return answer(error, thrown, response, logger);
    // Only refusals are counted by the coarse limit; past it they all look alike.
    void refusedLimit(request, response, (limited?: unknown) =>
      answer(limited ? asAppError(limited) : error, thrown, response, logger),
    );
  };
}

function answer(error: AppError, thrown: unknown, response: Response, logger: Logger): void {
  const { requestId, route } = contextOf(response);
  const { status } = errorRow(error.code);
  const fields = { request_id: requestId, route, status, code: error.code };
  if (status >= 500) logger.error('request.failed', { ...fields, ...errorFields(thrown) });
  else logger.info('request.refused', fields);
  writeAnswer(response, status, problemHeaders(error, status), JSON.stringify(problemOf(error, requestId)));
}

function problemHeaders({ details }: AppError, status: number): Record<string, string> {
  const { retryAfterSeconds = status === 503 ? 2 : undefined, policy, allow } = details;
  return {
    'Content-Type': 'application/problem+json; charset=utf-8',
    ...(retryAfterSeconds ? { 'Retry-After': String(retryAfterSeconds) } : {}),
    ...(policy ? { RateLimit: `"${policy}";r=0;t=${retryAfterSeconds ?? 60}` } : {}),
    ...(allow ? { Allow: allow.join(', ') } : {}),
  };
}
