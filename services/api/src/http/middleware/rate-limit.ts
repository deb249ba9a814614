import type { Request, RequestHandler, Response } from 'express';
import { MemoryStore, ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AppError } from '@flashcards/shared/contract/errors';
import { contextOf } from './request-context';

/** Who a client is to the limits: its address, of IPv6 the /56 that one customer usually holds. */
export const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? 'unknown', 56);

/** Whose refusals are counted together: a tenant's, or an address's where no good key says whose they are. */
const subjectOf = (request: Request, response: Response): string =>
  contextOf(response).caller?.subject ?? addressOf(request);

/** What the body of a request announces, in bytes; one that announces no length may have any. */
const announcedBytes = ({ headers }: Request): number =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;

const LARGE_BYTES = 65_536;
export const hasLargeBody = (request: Request): boolean => announcedBytes(request) > LARGE_BYTES;

export const REFUSED_POLICY = 'refused';
const tooManyRefused = (retryAfterSeconds: number): AppError =>
  new AppError('rate_limited', 'Too many refused requests.', { retryAfterSeconds, policy: REFUSED_POLICY });

const COUNTED_BYTES = 524_288;
const MAX_MORE = 16;

/** The coarse limit on refused requests. */
export interface RefusedLimit {
  /** Counts a refusal, and refuses as `rate_limited` past the limit. */
  readonly count: (request: Request, response: Response, next: (limited?: unknown) => void) => Promise<void>;
  /** Seconds for which a subject is past the limit; 0 where it is not. */
  readonly secondsPast: (subject: string) => Promise<number>;
  /** Refuses a large body before it is read where its sender is past the limit. */
  readonly refuseLargeBodies: RequestHandler;
}

/**
 * The coarse limit of so many refused requests a minute; 0 is no limit. It counts by tenant, or by address where no good
 * key says whose they are. It stands on the way of errors and of large bodies only, so most accepted requests pay nothing
 * for it. Submits have their own exact limit, shared by all replicas, in the submit script.
 */
export function createRefusedLimit(perMinute: number): RefusedLimit {
  const refusals = new MemoryStore();
  const limit = rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    store: refusals,
    skip: () => perMinute === 0,
    keyGenerator: subjectOf,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { trustProxy: false, xForwardedForHeader: false },
    handler: (_request, _response, next) => next(tooManyRefused(60)),
  });
  const secondsPast = async (subject: string): Promise<number> => {
    const { totalHits = 0, resetTime } = (await refusals.get(subject)) ?? {};
    if (perMinute === 0 || totalHits < perMinute) return 0;
    return Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1_000));
  };
  return {
    async count(request, response, next) {
      // The bytes of a large body cost more than its answer, so its refusal counts as several.
      const more = Math.min(MAX_MORE, Math.floor(announcedBytes(request) / COUNTED_BYTES));
      for (let i = 0; i < more; i += 1) await refusals.increment(subjectOf(request, response));
      await limit(request, response, next);
    },
    secondsPast,
    refuseLargeBodies(request, response, next) {
      if (!hasLargeBody(request)) return next();
      const refuse = (seconds: number): void => next(seconds > 0 ? tooManyRefused(seconds) : undefined);
      secondsPast(subjectOf(request, response)).then(refuse, next);
    },
  };
}
