import express, { type Request, type RequestHandler } from 'express';
import type { BodyBounds } from '@flashcards/shared/contract/body-bounds';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Endpoint } from '../endpoint';
import { readJson } from '../json-body';

const UTF8_JSON = /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;

/** Leaves in `request.body` what the body holds; nothing where there is none and there need not be one. */
export function readBody(endpoint: Endpoint, bounds: BodyBounds): RequestHandler[] {
  return [
    announced(endpoint),
    express.raw({ limit: bounds.bytes, type: () => true, inflate: false }),
    unpacked(endpoint, bounds),
  ];
}

const empty = (): AppError => new AppError('malformed_request', 'The body is empty.');

/** Refuses by its headers a body that cannot be read, before any of it is. */
const announced =
  ({ bodyMayBeAbsent }: Endpoint): RequestHandler =>
  (request, _response, next) => {
    if (!hasBody(request)) return next(bodyMayBeAbsent ? undefined : empty());
    next(faultOfHeaders(request));
  };

function faultOfHeaders({ headers }: Request): AppError | undefined {
  if (!UTF8_JSON.test(headers['content-type'] ?? ''))
    return new AppError('unsupported_media_type', 'The body must be application/json in UTF-8.');
  // A few bytes unfold to millions of values, and nobody has to send a text compressed.
  const coding = headers['content-encoding'] || 'identity';
  if (coding.toLowerCase() === 'identity') return undefined;
  const detail = `The body has the Content-Encoding ${coding.slice(0, 40)}. Send it uncompressed.`;
  return new AppError('unsupported_media_type', detail, { acceptEncoding: 'identity' });
}

/** A message has a body exactly when one of these announces it (RFC 9112, 6). */
const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const unpacked =
  ({ bodyMayBeAbsent }: Endpoint, bounds: BodyBounds): RequestHandler =>
  (request, _response, next) => {
    const bytes: unknown = request.body;
    const isThere = bytes instanceof Uint8Array && bytes.length > 0;
    if (!isThere && !bodyMayBeAbsent) throw empty();
    request.body = isThere ? readJson(bytes, bounds) : undefined;
    next();
  };
