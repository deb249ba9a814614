import type { RequestHandler, Response } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Page, Pages } from '../../docs/pages';
import { contextOf } from './request-context';

/**
 * What a page of ours may do: run the scripts and styles of this origin and talk to it, and nothing else. Nothing is
 * inline, nothing makes code or markup of strings, nobody may frame it.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Serves the pages. It stands behind the endpoints, so a request to the API pays nothing for it. */
export function servePages(pages: Pages): RequestHandler {
  return (request, response, next) => {
    const make = pages.get(request.path);
    if (!make) return next();
    contextOf(response).route = request.path.startsWith('/assets/') ? '/assets' : request.path;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return next(new AppError('method_not_allowed', 'This method is not allowed here.', { allow: ['GET', 'HEAD'] }));
    }
    const page = make();
    const coding = page.encoded && request.acceptsEncodings(['br', 'gzip', 'identity']);
    const known = request.get('if-none-match')?.includes(page.etag) ?? false;
    write(response, page, coding === 'br' || coding === 'gzip' ? coding : undefined, known, request.method === 'HEAD');
  };
}

function write(response: Response, page: Page, coding: 'br' | 'gzip' | undefined, known: boolean, head: boolean): void {
  const body = (coding && page.encoded?.[coding]) || page.bytes;
  const own: Readonly<Record<string, string>> = {
    'Cache-Control': page.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Security-Policy': POLICY,
    ETag: page.etag,
    ...(known
      ? {}
      : {
          'Content-Type': page.type,
          'Content-Length': String(body.length),
          ...(coding ? { 'Content-Encoding': coding } : {}),
        }),
  };
  if (page.encoded) response.vary('Accept-Encoding');
  response.writeHead(known ? 304 : 200, [...without(contextOf(response).headers, own), ...Object.entries(own).flat()]);
  response.end(known || head ? undefined : body);
}

/** The headers of every answer, name and value in turn, but for those that `own` says otherwise. */
const without = (headers: readonly string[], own: Readonly<Record<string, string>>): string[] =>
  headers.filter((_value, index) => !((headers[index - (index % 2)] ?? '') in own));
