import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import { readTraceparent } from '@flashcards/shared/runtime/tracing/traceparent';
import type { Span, Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import type { Caller } from '../../keys/access';
import { limitHeaders } from '../limit-headers';
import type { ApiMetrics } from '../../operations/metrics';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const MAX_HEADERS = 100;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What is known of a request before its route is: its id, its clock and whether its client is still there. */
export class RequestContext {
  /** The path as the routes write it, for metrics; `unmatched` until a route took it. */
  route = 'unmatched';
  /** Its answer goes on until someone ends it: how long that takes says nothing. */
  streams = false;
  /** How a key that is missing is asked for. */
  challenge: 'Bearer' | 'Basic' | 'none' = 'Bearer';
  /** Who asks, once that is known; never on public routes. */
  caller: Caller | undefined;
  readonly startedAt = performance.now();
  #hangUp: AbortController | undefined;

  readonly #response: Response;
  readonly #fixedHeaders: readonly string[];

  constructor(
    readonly requestId: string,
    /** Headers of every answer but its id, name and value in turn. */
    fixedHeaders: readonly string[],
    /** The `traceparent` of what it does: of its span, or the one it came with; undefined where there is no trace. */
    readonly trace: string | undefined,
    response: Response,
  ) {
    this.#response = response;
    this.#fixedHeaders = fixedHeaders;
  }

  /** Headers of its answer whatever the answer is, name and value in turn. */
  get headers(): string[] {
    return this.#fixedHeaders.concat('X-Request-Id', this.requestId);
  }

  /** All that stands in front of the answer's own headers. */
  headersBefore(own: Readonly<Record<string, string>>): string[] {
    const list = this.headers;
    if (this.caller) list.push(...limitHeaders(this.caller.limits, this.caller.seen, 'RateLimit' in own));
    return list;
  }

  /** Fires when the client hangs up. Most requests never ask. */
  get hungUp(): AbortSignal {
    this.#hangUp ??= new AbortController();
    if (this.#response.destroyed) this.#hangUp.abort();
    return this.#hangUp.signal;
  }

  closed(): void {
    if (!this.#response.writableFinished) this.#hangUp?.abort();
  }
}

const contexts = new WeakMap<Response, RequestContext>();

/** @throws TypeError for an answer that did not pass `requestContext`. */
export function contextOf(response: Response): RequestContext {
  const context = contexts.get(response);
  if (!context) throw new TypeError('This answer has no context. Put requestContext before all that asks for it.');
  return context;
}

export interface ContextParts {
  readonly metrics: ApiMetrics;
  readonly tracing: Tracing | undefined;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

export function requestContext({ metrics, tracing, headers }: ContextParts) {
  const fixed = [...Object.entries(headers).flat(), 'Cache-Control', 'no-store'];
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    const method = METHODS.has(request.method) ? request.method : 'other';
    const parent = readTraceparent(request.get('traceparent'));
    const span = tracing?.start({ name: method, kind: 'server', parent });
    const context = new RequestContext(requestId, fixed, span?.traceparent ?? parent, response);
    contexts.set(response, context);
    metrics.active.inc();
    response.once('close', () => {
      context.closed();
      metrics.active.dec();
      metrics.requests.labels(method, context.route, `${Math.floor(response.statusCode / 100)}xx`).inc();
      if (span) endSpan(span, method, context, response);
      if (context.streams) return;
      const seconds = (performance.now() - context.startedAt) / 1_000;
      metrics.duration.labels(method, context.route).observe(seconds, context.trace);
    });
    if (request.rawHeaders.length > 2 * MAX_HEADERS)
      return next(new AppError('malformed_request', `A request has at most ${MAX_HEADERS} headers.`));
    next();
  };
}

/** By OpenTelemetry's conventions for HTTP: the route and never the path, and an error is what is ours alone. */
function endSpan(span: Span, method: string, { route, requestId }: RequestContext, response: Response): void {
  const { statusCode } = response;
  span.name(`${method} ${route}`);
  span.set({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': statusCode,
    'flashcards.request.id': requestId,
    ...(response.writableFinished ? {} : { 'flashcards.hung_up': true }),
  });
  span.end(statusCode >= 500 ? String(statusCode) : undefined);
}
