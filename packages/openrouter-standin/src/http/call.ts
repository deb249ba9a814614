import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Model } from '../catalogue';
import type { ChatRequest } from '../chat/chat-request';
import type { Entry } from '../ledger';
import type { Simulator } from '../simulator';

/** One call: its request, the model that answers, and the reply. */
export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly sim: Simulator;
  readonly request: ChatRequest;
  readonly entry: Entry;
  readonly model: Model;
  /** The whole answer takes this long; a scenario may change it. */
  latencyMs: number;
  /** The fault itself cut the connection: the client did not hang up. */
  severed: boolean;
}

/** Waits. Returns false, and early, when the connection is closed. */
export function wait(call: Call, ms: number): Promise<boolean> {
  const { res } = call;
  if (res.destroyed || res.closed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(true), ms);
    const onClose = (): void => finish(false);
    const finish = (alive: boolean): void => {
      clearTimeout(timer);
      res.off('close', onClose);
      resolve(alive);
    };
    res.once('close', onClose);
  });
}

/** Cuts the connection as a broken network does. */
export function sever(call: Call): void {
  call.severed = true;
  call.req.socket.resetAndDestroy();
}

/** The headers that every chat reply has. */
export function startReply(
  call: Call,
  status: number,
  contentType: string,
  headers: Record<string, string> = {},
): void {
  call.entry.status = status;
  call.entry.first_byte_at = Date.now();
  call.res.writeHead(status, {
    'X-Generation-Id': call.entry.gen_id,
    'Access-Control-Allow-Origin': '*',
    'Content-Type': contentType,
    ...headers,
  });
}

/** Sends a whole reply at once. */
export function sendWhole(
  call: Call,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  startReply(call, status, contentType, headers);
  call.entry.bytes_sent = Buffer.byteLength(body);
  call.res.end(body);
}

/** Sends an error as the API words it. */
export const sendError = (call: Call, status: number, body: object, headers: Record<string, string> = {}): void =>
  sendWhole(call, status, 'application/json', JSON.stringify(body), headers);
