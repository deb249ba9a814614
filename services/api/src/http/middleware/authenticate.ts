import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { Audit } from '@flashcards/shared/runtime/audit';
import type { Scope } from '@flashcards/shared/security/api-key';
import { within } from '@flashcards/shared/runtime/time';
import type { Access, Caller } from '../../keys/access';
import type { Endpoint } from '../endpoint';
import { LimitSnapshot } from '../limit-headers';
import type { FailedKeys } from '../../keys/failed-keys';
import { addressOf } from './rate-limit';
import { contextOf } from './request-context';

/** All who reach the port are one tenant. Only the count of submits tells them apart, by address. */
export interface OpenAuthenticator {
  readonly kind: 'open';
  readonly limits: Limits;
}
export interface KeyAuthenticator {
  readonly kind: 'keys';
  readonly access: Access;
  readonly failed: FailedKeys;
  readonly audit: Audit;
  /** Calls `listener` with the id of a key that changed, and with '' where any may have. */
  readonly onChange: (listener: (id: string) => void) => void;
}
export type Authenticator = OpenAuthenticator | KeyAuthenticator;

const LIMIT_MS = 1_500;
const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;
const BASIC = /^Basic +([A-Za-z0-9+/]{1,400}={0,2})$/i;
const PASSWORD = /^[^:]*:([\x21-\x7e]{1,200})$/;
const OPEN_SCOPES = ['jobs:read', 'jobs:write', 'data:erase'] as const;

/** The key in a header; '' where there is none that could be one. */
export const keyOf = (header: string): string => BEARER.exec(header)?.[1] ?? '';

/** Also as the password of HTTP Basic, with any name: a browser sends nothing else by itself. */
export function keyOfBrowser(header: string): string {
  const basic = BASIC.exec(header)?.[1];
  if (!basic) return keyOf(header);
  return PASSWORD.exec(Buffer.from(basic, 'base64').toString('latin1'))?.[1] ?? '';
}

/** Puts the caller into the request's context, before the body is read. */
export const authenticate = (authenticator: Authenticator, scope: Endpoint['scope'], keyIn = keyOf): RequestHandler => {
  if (scope === 'public') return (_request, _response, next) => next();
  if (authenticator.kind === 'open') return openly(authenticator.limits);
  return (request, response, next) => {
    const admit = (caller: Caller | null): void => {
      if (!caller) return next(failedKey(authenticator.failed.count(addressOf(request))));
      contextOf(response).caller = caller;
      next(
        caller.scopes.includes(scope) ? undefined : forbidden(request, response, caller, scope, authenticator.audit),
      );
    };
    const header = request.headers.authorization;
    if (header === undefined) return next(unauthenticated());
    const caller = callerOf(authenticator, keyIn(header));
    if (caller instanceof Promise) caller.then(admit, next);
    else admit(caller);
  };
};

export function callerOf({ access }: KeyAuthenticator, key: string): Caller | null | Promise<Caller | null> {
  const caller = access.callerOf(key);
  return caller instanceof Promise ? within(LIMIT_MS, caller, late) : caller;
}

/** Whether a caller that was let in may go on: its key is still good, and still opens the same. */
export function mayStill(
  authenticator: Authenticator,
  { actor, tenant }: Pick<Caller, 'actor' | 'tenant'>,
  scope: Scope,
): boolean | Promise<boolean> {
  if (authenticator.kind === 'open') return true;
  const judge = (holder: Caller | null): boolean => holder?.tenant === tenant && holder.scopes.includes(scope);
  const holder = authenticator.access.holderOf(actor);
  return holder instanceof Promise ? holder.then(judge) : judge(holder);
}

/** Refuses a caller that was let in and may not go on. Most answers are known at once, without a promise. */
export type JudgeAgain = (caller: Caller) => Promise<void> | undefined;

export const judgeAgain =
  (authenticator: Authenticator, scope: Endpoint['scope']): JudgeAgain =>
  (caller) => {
    if (scope === 'public') return undefined;
    const refuse = (good: boolean): undefined => {
      if (!good) throw unauthenticated();
    };
    const good = mayStill(authenticator, caller, scope);
    if (good instanceof Promise) return within(LIMIT_MS, good, late).then(refuse);
    return refuse(good);
  };

const late = (): AppError => new AppError('queue_unavailable', 'The keys could not be read in time.');

const openly =
  (limits: Limits): RequestHandler =>
  (request, response, next) => {
    contextOf(response).caller = {
      tenant: 'open',
      get subject() {
        return addressOf(request);
      },
      actor: 'open',
      scopes: OPEN_SCOPES,
      limits,
      seen: new LimitSnapshot(),
    };
    next();
  };

/** One answer for all: whether a key never was, was revoked or has expired is nobody's business. */
const unauthenticated = (): AppError =>
  new AppError('unauthenticated', 'The API key is missing or not valid. Send one as Authorization: Bearer fck_…');

/** Of a key that failed. Only such keys are refused by address: others may share it. */
function failedKey(retryAfterSeconds: number): AppError {
  if (retryAfterSeconds === 0) return unauthenticated();
  const detail = `Too many failed API keys from this address. Try again in ${retryAfterSeconds} s.`;
  return new AppError('rate_limited', detail, { retryAfterSeconds, policy: 'failed-keys' });
}

function forbidden(request: Request, response: Response, caller: Caller, scope: string, audit: Audit): AppError {
  const { requestId, route } = contextOf(response);
  if (scope === 'admin') {
    const about = { tenant: caller.tenant, target: route, from: addressOf(request), request_id: requestId };
    void audit.record({ action: 'admin.refused', actor: caller.actor, ...about, outcome: 'refused' });
  }
  // A browser keeps sending a password until an answer says that it is the wrong one.
  if (BASIC.test(request.headers.authorization ?? ''))
    return new AppError('unauthenticated', `The password must be an API key with the scope ${scope}.`);
  return new AppError('forbidden', `This API key does not have the scope ${scope}.`);
}
