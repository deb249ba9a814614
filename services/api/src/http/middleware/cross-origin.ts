import cors from 'cors';
import type { Request, RequestHandler } from 'express';
import type { Origins } from '@flashcards/shared/runtime/http/origins';

/** What pages may send beside what browsers always let them: all that some endpoint reads. */
export const SENT_HEADERS = [
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Idempotency-Key',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'traceparent',
  'X-Request-Id',
];
/** What pages may read beside what browsers always let them: all that some answer says. */
export const READ_HEADERS = [
  'Accept-Encoding',
  'Allow',
  'Cache-Status',
  'Content-Disposition',
  'ETag',
  'Idempotent-Replayed',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];
/** How long a browser need not ask again; none believes it for longer than two hours. */
const MAX_AGE_SECONDS = 7_200;

/**
 * Lets pages of other origins use the API (CORS): the headers of every answer. A preflight goes on to its path, which
 * knows the methods. Nothing is told of cookies or passwords: a page has to send its own key.
 */
export const crossOrigin = (origins: Exclude<Origins, { kind: 'none' }>): RequestHandler =>
  cors({
    origin: origins.kind === 'any' ? '*' : [...origins.origins],
    methods: [],
    allowedHeaders: SENT_HEADERS,
    exposedHeaders: READ_HEADERS,
    maxAge: MAX_AGE_SECONDS,
    preflightContinue: true,
  });

/** A browser that asks, before a page's request, whether that may be sent. */
export const isPreflight = ({ method, headers }: Request): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
