import type { Request, RequestHandler, Response } from 'express';
import { writeAnswer } from './answer';
import { type Authenticator, type KeyAuthenticator, callerOf, keyOf } from './authenticate';
import { REFUSED_POLICY, type RefusedLimit, addressOf } from './rate-limit';
import { contextOf } from './request-context';

/** What nginx asks before it reads a large body. */
export const KEY_CHECK_PATH = '/internal/key-check';

/**
 * Says whether a large body may come: 204, or 401 where its key is not good. 403 is for an address with too many such keys,
 * and for a sender with too many refused requests; `RateLimit` says which. A key that is not good is counted here, because
 * the request itself does not come. It tells no more than a call with that key.
 */
export const checkKey =
  (authenticator: Authenticator, refusedLimit: RefusedLimit): RequestHandler =>
  async (request, response) => {
    contextOf(response).route = KEY_CHECK_PATH;
    const address = addressOf(request);
    const subject = authenticator.kind === 'open' ? address : await subjectOfKey(authenticator, request);
    if (subject !== undefined) return answerGood(response, await refusedLimit.secondsPast(subject));
    const seconds = request.headers.authorization === undefined ? 0 : failedSeconds(authenticator, address);
    if (seconds === 0) writeAnswer(response, 401, { 'WWW-Authenticate': 'Bearer realm="flashcards"' }, undefined);
    else refuse(response, 'failed-keys', seconds);
  };

async function subjectOfKey(authenticator: KeyAuthenticator, { headers }: Request): Promise<string | undefined> {
  if (headers.authorization === undefined) return undefined;
  return (await callerOf(authenticator, keyOf(headers.authorization)))?.subject;
}

const failedSeconds = (authenticator: Authenticator, address: string): number =>
  authenticator.kind === 'open' ? 0 : authenticator.failed.count(address);

function answerGood(response: Response, seconds: number): void {
  if (seconds === 0) writeAnswer(response, 204, {}, undefined);
  else refuse(response, REFUSED_POLICY, seconds);
}

const refuse = (response: Response, policy: string, seconds: number): void =>
  writeAnswer(response, 403, { 'Retry-After': String(seconds), RateLimit: `"${policy}";r=0;t=${seconds}` }, undefined);
