import type { Readable } from 'node:stream';
import { Axios } from 'axios';
import type { SafeAgents } from './safe-url';
import { type Sent, reasonOfError, sentOf } from './verdict';

const MAX_ANSWER_BYTES = 65_536;
const ANSWER_MS = 1_000;
const MAX_REQUEST_BYTES = 65_536;

export interface Sending {
  readonly url: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The clock that a date in `Retry-After` is held against. */
  readonly now: () => number;
}

export type Send = (sending: Sending) => Promise<Sent>;

/**
 * One POST through guarded agents: no proxy, no redirect, at most `timeoutMs` for all of it. Only the answer's status
 * is kept. Rejects only with the reason of `signal`.
 */
export function createSend({ httpAgent, httpsAgent }: SafeAgents, timeoutMs: number): Send {
  const client = new Axios({
    adapter: 'http',
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: MAX_REQUEST_BYTES,
    responseType: 'stream',
    decompress: false,
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  });
  return async ({ url, body, headers, signal, now }) => {
    // The library answers `data:` URLs by itself, with success.
    if (!/^https?:/.test(url)) return NOT_SENT;
    const stop = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop.abort();
    }, timeoutMs);
    const onStop = (): void => stop.abort();
    signal.addEventListener('abort', onStop, { once: true });
    try {
      const options = { headers: { ...FIXED_HEADERS, ...headers }, signal: stop.signal };
      const response = await client.post<Readable>(url, body, options);
      drop(response.data);
      return sentOf(response, now());
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { status: null, reason: isLate ? 'timeout' : reasonOfError(error), retryAfterMs: null };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
    }
  };
}

const NOT_SENT: Sent = { status: null, reason: 'address_refused', retryAfterMs: null };

const FIXED_HEADERS = {
  'Content-Type': 'application/json',
  Accept: '*/*',
  'Accept-Encoding': 'identity',
  'User-Agent': 'flashcards-webhooks/1',
};

/** Lets a receiver finish a short answer. The connection of a long or slow one is closed. */
function drop(answer: Readable): void {
  let bytes = 0;
  const timer = setTimeout(() => answer.destroy(), ANSWER_MS);
  answer.on('error', () => undefined).on('close', () => clearTimeout(timer));
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) answer.destroy();
  });
}
