import { type ApiError, ConnectionError, apiErrorOf } from './failures';

export interface Connection {
  /** Where the API is; ends without a slash. Empty in a page of the API itself. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly apiKey: () => string | undefined;
  /** Tries after the first. */
  readonly retries: number;
  /** Time limit of one try, on top of what the API was asked to wait. */
  readonly timeoutSeconds: number;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How long the API was asked to wait. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal | undefined;
  /** Statuses other than 2xx that are an answer, not an error. */
  readonly accept?: readonly number[];
  /** Called before every try. */
  readonly onTry?: () => void;
}

/** Statuses after which a repeat may succeed. Every call of this client is safe to repeat: see `client.ts`. */
const REPEATABLE = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_PAUSE_SECONDS = 0.5;
/** A longer hint is left to the caller: a daily quota must not look like a call that hangs. */
const LONGEST_PAUSE_SECONDS = 65;

/** Sends a request until it is answered, until an error rules out a repeat, or until the tries are over. */
export async function send(connection: Connection, call: Call): Promise<Response> {
  for (let failed = 0; ; failed += 1) {
    const outcome = await once(connection, call);
    if (!(outcome instanceof Error)) return outcome;
    const pause = pauseAfter(outcome, failed);
    if (failed >= connection.retries || pause === undefined) throw outcome;
    await sleep(pause, call.signal);
  }
}

/** One try: an answer, or an error that another try may cure. */
async function once(connection: Connection, call: Call): Promise<Response | ApiError | ConnectionError> {
  call.onTry?.();
  try {
    const response = await attempt(connection, call);
    if (response.ok || call.accept?.includes(response.status)) return response;
    return await apiErrorOf(response);
  } catch (error) {
    call.signal?.throwIfAborted();
    return new ConnectionError(unreachable(connection.baseUrl, error), { cause: error });
  }
}

/** One request. Its answer is returned as it is. */
export function attempt(connection: Connection, call: Call, limited = true): Promise<Response> {
  const { method = 'GET', path, query = {}, headers = {}, body, waitSeconds = 0, signal } = call;
  const key = connection.apiKey();
  const limits = limited ? [AbortSignal.timeout((connection.timeoutSeconds + waitSeconds) * 1_000)] : [];
  return connection.fetch(`${connection.baseUrl}${path}${queryOf(query)}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key ? { Authorization: `Bearer ${key}` } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // The API never redirects; following one could carry the key to another host.
    redirect: 'error',
    signal: AbortSignal.any([...limits, ...(signal ? [signal] : [])]),
  });
}

function queryOf(query: NonNullable<Call['query']>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size > 0 ? `?${given.toString()}` : '';
}

/** Seconds until the next try. Undefined when another try cannot help. */
function pauseAfter(error: ApiError | ConnectionError, failed: number): number | undefined {
  const pause = backoffSeconds(failed);
  if (error instanceof ConnectionError) return pause;
  if (!REPEATABLE.has(error.status)) return undefined;
  const hint = error.retryAfterSeconds ?? 0;
  return hint > LONGEST_PAUSE_SECONDS ? undefined : Math.max(hint, pause);
}

/** A random part of a span that doubles, so that clients that failed together do not return together. */
export const backoffSeconds = (failed: number): number =>
  Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** failed) * (0.5 + Math.random() / 2);

/** Why no answer came. Node hides the system's code in the cause. */
function unreachable(baseUrl: string, error: unknown): string {
  const server = baseUrl || 'The server';
  if (read(error, 'name') === 'TimeoutError') return `${server} does not answer in time.`;
  const cause = isObject(error) && 'cause' in error ? error.cause : error;
  const code = read(cause, 'code');
  if (code === 'ECONNREFUSED') return `Nothing answers at ${server}.`;
  if (code === 'ENOTFOUND') return `The host name in ${server} is not known.`;
  return `${server} cannot be reached: ${code || read(cause, 'message') || read(error, 'message') || String(error)}.`;
}

/** Not by `instanceof`: `fetch` may throw errors of another realm. */
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A field of an error as text; '' where there is none. */
export function read(value: unknown, name: 'code' | 'message' | 'name'): string {
  const found: unknown = isObject(value) ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : '';
}

/** Resolves after `seconds`. Rejects with the signal's reason if it fires first. Browsers have no `timers/promises`. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1_000);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
