import type { Readable } from 'node:stream';
import { Axios, type AxiosResponse } from 'axios';
import type { DeliveryReason } from '@flashcards/shared/contract/delivery';
import { ADDRESS_REFUSED, NAME_NOT_FOUND, type SafeAgents } from './safe-url';

const MOST_ANSWER_BYTES = 65_536;
const ANSWER_MILLISECONDS = 1_000;
const MOST_REQUEST_BYTES = 65_536;

/** How an attempt went on the wire. */
export interface Sent {
  /** Null when no answer came. */
  readonly status: number | null;
  readonly reason: DeliveryReason;
  /** `Retry-After` of the answer in milliseconds, null without one. */
  readonly retryAfterMilliseconds: number | null;
}

export interface Sending {
  readonly url: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export type Send = (sending: Sending) => Promise<Sent>;

/**
 * One POST through guarded agents: no proxy, no redirect, no more than `timeoutMilliseconds` for all of it. The answer's
 * status is all that is kept of it. Rejects only with the reason of `signal`.
 */
export function createSend({ httpAgent, httpsAgent }: SafeAgents, timeoutMilliseconds: number): Send {
  const client = new Axios({
    adapter: 'http',
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: MOST_REQUEST_BYTES,
    responseType: 'stream',
    decompress: false,
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  });
  return async ({ url, body, headers, signal }) => {
    // The library answers `data:` by itself, and success is what it says.
    if (!/^https?:/.test(url)) return NOT_SENT;
    const stop = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop.abort();
    }, timeoutMilliseconds);
    const onStop = (): void => stop.abort();
    signal.addEventListener('abort', onStop, { once: true });
    try {
      const options = { headers: { ...FIXED_HEADERS, ...headers }, signal: stop.signal };
      const response = await client.post<Readable>(url, body, options);
      drop(response.data);
      return sentOf(response);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { status: null, reason: isLate ? 'timeout' : failure(error), retryAfterMilliseconds: null };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
    }
  };
}

const NOT_SENT: Sent = { status: null, reason: 'address_refused', retryAfterMilliseconds: null };

const FIXED_HEADERS = {
  'Content-Type': 'application/json',
  Accept: '*/*',
  'Accept-Encoding': 'identity',
  'User-Agent': 'flashcards-webhooks/1',
};

/** Lets a receiver finish a short answer in peace; of a long or a slow one the connection is closed. */
function drop(answer: Readable): void {
  let bytes = 0;
  const timer = setTimeout(() => answer.destroy(), ANSWER_MILLISECONDS);
  answer.on('error', () => undefined).on('close', () => clearTimeout(timer));
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) answer.destroy();
  });
}

function sentOf({ status, headers }: AxiosResponse<Readable>): Sent {
  const reason = REASONS.find(([first, last]) => status >= first && status <= last)?.[2] ?? 'unexpected_status';
  return { status, reason, retryAfterMilliseconds: retryAfter(headers['retry-after'], Date.now()) };
}

const REASONS: readonly (readonly [first: number, last: number, reason: DeliveryReason])[] = [
  [200, 299, 'ok'],
  [300, 399, 'redirect'],
  [410, 410, 'gone'],
  [429, 429, 'rate_limited'],
  [400, 499, 'client_error'],
  [500, 599, 'server_error'],
];

const HTTP_DATE = /^\s*[A-Z][a-z]{2}/;

/** Milliseconds that a `Retry-After` asks for, as seconds or as a date; null for what is neither. */
export function retryAfter(header: unknown, now: number): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) || !HTTP_DATE.test(header) ? null : Math.max(0, date - now);
}

/** An error's code alone is read: the error of an HTTP library holds the request. */
function failure(error: unknown): DeliveryReason {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const codes = [cause?.code, code].filter((one): one is string => typeof one === 'string');
  return codes.map(reasonOfCode).find((reason) => reason !== undefined) ?? 'connection_failed';
}

const CODES: readonly (readonly [RegExp, DeliveryReason])[] = [
  [new RegExp(`^${ADDRESS_REFUSED}$`), 'address_refused'],
  [new RegExp(`^${NAME_NOT_FOUND}$`), 'name_not_found'],
  [/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_OSSL|HOSTNAME_MISMATCH|INVALID_)/, 'tls_failed'],
  [/^HPE_/, 'answer_unreadable'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT)$/, 'timeout'],
]; // prettier-ignore
const reasonOfCode = (code: string): DeliveryReason | undefined => CODES.find(([pattern]) => pattern.test(code))?.[1];
