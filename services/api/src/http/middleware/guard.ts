import type { RequestHandler } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import { type Hosts, refusalOf } from '@flashcards/shared/runtime/request-guard';
import { contextOf } from './request-context';

/** Refuses what comes under a foreign host, or from a page of another origin. */
export const guard =
  (hosts: Hosts): RequestHandler =>
  (request, response, next) => {
    const refusal = refusalOf(request, hosts);
    if (!refusal) return next();
    // No key would help.
    contextOf(response).challenge = 'none';
    next(new AppError(refusal.code, refusal.detail));
  };
