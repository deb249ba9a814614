import type { RequestHandler } from 'express';
import { writeAnswer } from './answer';
import { type Authenticator, callerOf, keyOf } from './authenticate';
import { addressOf } from './rate-limit';
import { contextOf } from './request-context';

/** What nginx asks before it reads a large body. */
export const KEY_CHECK_PATH = '/internal/key-check';

/**
 * Says whether a key is good: 204, or 401, or 403 where its address sent too many that are not. One that is not good is
 * counted here, because the request itself does not come. It tells no more than a call with that key.
 */
export const checkKey =
  (authenticator: Authenticator): RequestHandler =>
  async (request, response) => {
    contextOf(response).route = KEY_CHECK_PATH;
    const header = request.headers.authorization;
    if (authenticator.kind === 'open' || (header !== undefined && (await callerOf(authenticator, keyOf(header)))))
      return writeAnswer(response, 204, {}, undefined);
    const seconds = header === undefined ? 0 : authenticator.failed.count(addressOf(request));
    if (seconds === 0) writeAnswer(response, 401, { 'WWW-Authenticate': 'Bearer realm="flashcards"' }, undefined);
    else writeAnswer(response, 403, { 'Retry-After': String(seconds) }, undefined);
  };
