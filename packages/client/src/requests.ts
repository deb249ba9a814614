import { type ApiError, ConnectionError, apiErrorOf } from './failures';

export interface Connection {
  /** Where the API is; ends without a slash. Empty in a page of the API itself. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly apiKey: () => string | undefined;
  /** Tries beside the first. */
  readonly retries: number;
  /** What one try may take, beside what the API was asked to wait. */
  readonly timeoutSeconds: number;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What the API was asked to wait. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal | undefined;
  /** Statuses beside 2xx that are an answer, not an error. */
  readonly accept?: readonly number[];
  /** Told before every try. */
  readonly onTry?: () => void;
}

/** Statuses after which the same request may succeed. Every call of this client may be repeated: see `client.ts`. */
const REPEATABLE = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_PAUSE_SECONDS = 0.5;
/** A longer hint is for the caller to wait out: a quota of a day must not look like a hanging call. */
const LONGEST_PAUSE_SECONDS = 65;

/** Sends a request until it is answered, an error says that a repeat is no use, or the tries are over. */
export async function send(connection: Connection, call: Call): Promise<Response> {
  for (let failed = 0; ; failed += 1) {
    const outcome = await once(connection, call);
    if (!(outcome instanceof Error)) return outcome;
    const pause = pauseAfter(outcome, failed);
    if (failed >= connection.retries || pause === undefined) throw outcome;
    await sleep(pause, call.signal);
  }
}

/** One try: an answer, or the error that a further try may cure. */
async function once(connection: Connection, call: Call): Promise<Response | ApiError | ConnectionError> {
  call.onTry?.();
  try {
    const response = await attempt(connection, call);
    if (response.ok || call.accept?.includes(response.status)) return response;
    return await apiErrorOf(response);
  } catch (error) {
    call.signal?.throwIfAborted();
    return new ConnectionError(`${connection.baseUrl || 'The server'} cannot be reached: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** One request, with nothing made of its answer. */
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

/** Seconds until the next try; undefined when there is no use in one. */
function pauseAfter(error: ApiError | ConnectionError, failed: number): number | undefined {
  const pause = backoffSeconds(failed);
  if (error instanceof ConnectionError) return pause;
  if (!REPEATABLE.has(error.status)) return undefined;
  const hint = error.retryAfterSeconds ?? 0;
  return hint > LONGEST_PAUSE_SECONDS ? undefined : Math.max(hint, pause);
}

/** A random part of a span that doubles, so that clients that failed together do not come back together. */
export const backoffSeconds = (failed: number): number =>
  Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** failed) * (0.5 + Math.random() / 2);

/** What went wrong underneath: Node hides it in the cause. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as {
    name?: string;
    message?: string;
    cause?: { code?: string; message?: string };
  };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

/** Resolves after `seconds`; rejects with the signal's reason when it fires first. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1_000);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
