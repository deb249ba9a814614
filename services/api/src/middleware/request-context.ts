import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Caller } from '../access';
import { limitHeaders } from '../limit-headers';
import type { ApiMetrics } from '../metrics';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const MOST_HEADERS = 100;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What is known of a request before its route is: its id, its clock and whether its client is still there. */
export class RequestContext {
  /** The path as the routes write it, for metrics; `unmatched` until a route took it. */
  route = 'unmatched';
  /** Its answer goes on until someone ends it: how long that takes says nothing. */
  streams = false;
  /** How a key that is missing is asked for. */
  challenge: 'Bearer' | 'Basic' = 'Bearer';
  /** Who asks, once that is known; never on public routes. */
  caller: Caller | undefined;
  readonly startedAt = performance.now();
  #hangUp: AbortController | undefined;

  constructor(
    readonly requestId: string,
    /** Headers of its answer whatever the answer is, name and value in turn. */
    readonly headers: readonly string[],
    private readonly response: Response,
  ) {}

  /** All that stands in front of the answer's own headers. */
  headersBefore(own: Readonly<Record<string, string>>): string[] {
    const { caller } = this;
    return [...this.headers, ...(caller ? limitHeaders(caller.limits, caller.seen, 'RateLimit' in own) : [])];
  }

  /** Fires when the client hangs up. Most requests never ask. */
  get hungUp(): AbortSignal {
    this.#hangUp ??= new AbortController();
    if (this.response.destroyed) this.#hangUp.abort();
    return this.#hangUp.signal;
  }

  closed(): void {
    if (!this.response.writableFinished) this.#hangUp?.abort();
  }
}

export const contextOf = (response: Response): RequestContext => response.locals['context'] as RequestContext;

export function requestContext(metrics: ApiMetrics, headers: Readonly<Record<string, string>>) {
  const fixed = [...Object.entries(headers).flat(), 'Cache-Control', 'no-store', 'X-Request-Id'];
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    const context = new RequestContext(requestId, [...fixed, requestId], response);
    response.locals['context'] = context;
    metrics.active.inc();
    response.once('close', () => {
      context.closed();
      const method = METHODS.has(request.method) ? request.method : 'other';
      metrics.active.dec();
      metrics.requests.labels(method, context.route, `${Math.floor(response.statusCode / 100)}xx`).inc();
      if (context.streams) return;
      metrics.duration.labels(method, context.route).observe((performance.now() - context.startedAt) / 1_000);
    });
    if (request.rawHeaders.length > 2 * MOST_HEADERS)
      return next(new AppError('malformed_request', `A request has at most ${MOST_HEADERS} headers.`));
    next();
  };
}
