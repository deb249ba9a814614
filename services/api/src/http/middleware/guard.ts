import type { RequestHandler } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Origins } from '@flashcards/shared/runtime/http/origins';
import { type Hosts, refusalOf } from '@flashcards/shared/runtime/http/request-guard';
import { contextOf } from './request-context';

/** Refuses what comes under a foreign host, or from a page of an origin that is not allowed. */
export const guard =
  (hosts: Hosts, origins: Origins): RequestHandler =>
  (request, response, next) => {
    const refusal = refusalOf(request, hosts, origins);
    if (!refusal) return next();
    // No key would help.
    contextOf(response).challenge = 'none';
    next(new AppError(refusal.code, refusal.detail));
  };
