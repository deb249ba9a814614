import type { NextFunction, Request, Response } from 'express';
import { type AppError, errorRow } from '@flashcards/shared/contract/errors';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import { asAppError, problemOf } from '../problem';
import { writeAnswer } from './answer';
import { REFUSED_POLICY, type RefusedLimit, hasLargeBody } from './rate-limit';
import { type RequestContext, contextOf } from './request-context';

/** Answers every error of a request. */
export function errorHandler(logger: Logger, refusedLimit: RefusedLimit) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = asAppError(thrown);
    const { status } = errorRow(error.code);
    if (isUnreadFor(error, request, response)) response.set('Connection', 'close');
    if (status >= 500 || status === 429) return answer(error, thrown, response, logger);
    // Only refusals are counted by the coarse limit; past it they all look alike.
    void refusedLimit.count(request, response, (limited?: unknown) =>
      answer(limited ? asAppError(limited) : error, thrown, response, logger),
    );
  };
}

/**
 * Whether a large body is still to come that nobody will read: of a sender without a good key, or with too many refused
 * requests. Node would read it to its end, so that the connection can be used again, and that costs more than a new one.
 */
const isUnreadFor = ({ details }: AppError, request: Request, response: Response): boolean =>
  hasLargeBody(request) && !request.complete && (!contextOf(response).caller || details.policy === REFUSED_POLICY);

function answer(error: AppError, thrown: unknown, response: Response, logger: Logger): void {
  const context = contextOf(response);
  const { requestId, route, challenge } = context;
  const { status } = errorRow(error.code);
  const fields = { request_id: requestId, route, status, code: error.code, ...traceFields(context.trace) };
  if (status >= 500) logger.error('request.failed', { ...fields, ...errorFields(thrown) });
  else logger.info('request.refused', fields);
  writeAnswer(
    response,
    status,
    problemHeaders(error, status, CHALLENGES[challenge][status]),
    JSON.stringify(problemOf(error, context)),
  );
}

/** RFC 6750, and RFC 7617 where browsers come. */
const CHALLENGES: Readonly<Record<RequestContext['challenge'], Readonly<Record<number, string | undefined>>>> = {
  Bearer: {
    401: 'Bearer realm="flashcards"',
    403: 'Bearer realm="flashcards", error="insufficient_scope"',
  },
  Basic: { 401: 'Basic realm="flashcards", charset="UTF-8"' },
  none: {},
};

function problemHeaders({ details }: AppError, status: number, challenge?: string): Record<string, string> {
  const { retryAfterSeconds = status === 503 ? 2 : undefined, policy, quota, allow, acceptEncoding } = details;
  return {
    'Content-Type': 'application/problem+json; charset=utf-8',
    ...(retryAfterSeconds ? { 'Retry-After': String(retryAfterSeconds) } : {}),
    ...(policy ? { RateLimit: `"${policy}";r=0;t=${retryAfterSeconds ?? 60}` } : {}),
    ...(policy && quota ? { 'RateLimit-Policy': `"${policy}";q=${quota};qu="concurrent-requests"` } : {}),
    ...(allow ? { Allow: allow.join(', ') } : {}),
    ...(acceptEncoding ? { 'Accept-Encoding': acceptEncoding } : {}),
    ...(challenge ? { 'WWW-Authenticate': challenge } : {}),
  };
}
