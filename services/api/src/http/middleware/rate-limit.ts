import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AppError } from '@flashcards/shared/contract/errors';
import { contextOf } from './request-context';

/** Who a client is to the limits: its address, of IPv6 the /56 that one customer usually holds. */
export const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? 'unknown', 56);

/**
 * The coarse limit on refused requests; 0 is no limit. It counts by tenant, or by address where no good key says whose they are. It stands on the
 * way of errors only, so an accepted request pays nothing for it. Submits have their own exact limit, shared by all
 * replicas, in the submit script.
 */
export const createRefusedLimit = (perMinute: number): RequestHandler =>
  rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    skip: () => perMinute === 0,
    keyGenerator: (request, response) => contextOf(response).caller?.subject ?? addressOf(request),
    standardHeaders: false,
    legacyHeaders: false,
    validate: { trustProxy: false, xForwardedForHeader: false },
    handler: (_request, _response, next) =>
      next(new AppError('rate_limited', 'Too many refused requests.', { retryAfterSeconds: 60, policy: 'refused' })),
  });
