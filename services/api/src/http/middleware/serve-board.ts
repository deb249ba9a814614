import type { RequestHandler, Response } from 'express';
import { AppError } from '@flashcards/shared/contract/errors';
import { BoundedMap } from '@flashcards/shared/runtime/bounded-map';
import type { Board } from '../../operations/board';
import { type KeyAuthenticator, authenticate, keyOfBrowser } from './authenticate';
import { addressOf } from './rate-limit';
import { contextOf } from './request-context';

export const BOARD_PATH = '/admin/queues';

/** What the board may do: run the scripts and styles of this origin and ask it. Its own `base` names this origin. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** An open page asks again every few seconds: one record for each key within this time says as much. */
const AUDITED_MS = 60_000;
const MAX_KEPT = 1_000;

/** Lets operators look at the queues. `load` is called at the first look. */
export function serveBoard(authenticator: KeyAuthenticator, load: () => Promise<Board>): RequestHandler[] {
  const audited = new BoundedMap<string, number>(MAX_KEPT);
  let board: Promise<Board> | undefined;

  async function record(response: Response, from: string): Promise<void> {
    const { caller, requestId } = contextOf(response);
    const actor = caller?.actor ?? '';
    const now = Date.now();
    if (now - (audited.get(actor) ?? 0) < AUDITED_MS) return;
    audited.set(actor, now);
    await authenticator.audit.record({ action: 'queues.read', actor, from, request_id: requestId, outcome: 'done' });
  }

  function loadOnce(): Promise<Board> {
    board ??= load().catch((error: unknown) => {
      board = undefined;
      throw error;
    });
    return board;
  }

  const enter: RequestHandler = (_request, response, next) => {
    Object.assign(contextOf(response), { route: BOARD_PATH, challenge: 'Basic' });
    next();
  };
  const show: RequestHandler = async (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new AppError('method_not_allowed', 'The board can only be read.', { allow: ['GET', 'HEAD'] });
    await record(response, addressOf(request));
    const answer = await loadOnce();
    const { headers } = contextOf(response);
    for (let i = 0; i < headers.length; i += 2) {
      const [name = '', value = ''] = headers.slice(i, i + 2);
      response.setHeader(name, value);
    }
    response.setHeader('Content-Security-Policy', POLICY);
    answer(request, response, next);
  };
  return [enter, authenticate(authenticator, 'admin', keyOfBrowser), show];
}
