import type { FieldError, Problem } from './wire';

/** The API answered, and not with what was asked for. Decide by `code`; every code has its section in `/docs/errors`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status: number,
    /** A code of the API, or `http_STATUS` where something in front of it answered. */
    readonly code: string,
    readonly requestId: string | undefined,
    readonly errors: readonly FieldError[] = [],
    /** When the API says a repeat may succeed. */
    readonly retryAfterSeconds?: number,
    readonly policy?: string,
  ) {
    super(message);
  }
}

/** No answer came, in any of the tries. Whether the last one was acted on is unknown. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** The limit of `wait` or `stream` is over; the job goes on. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';

  constructor(
    readonly jobId: string,
    seconds: number,
  ) {
    super(`Job ${jobId} has not ended within ${seconds} s. It goes on.`);
  }
}

/** What an answer that is not a success says. Never throws: proxies answer anything. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const problem = problemIn(text);
  const code = problem.code ?? `http_${response.status}`;
  const message = problem.detail ?? `The server answered ${response.status} ${response.statusText}`.trim();
  const requestId = problem.request_id ?? response.headers.get('x-request-id') ?? undefined;
  const retryAfter = retryAfterOf(response.headers);
  return new ApiError(message, response.status, code, requestId, problem.errors ?? [], retryAfter, problem.policy);
}

function problemIn(text: string): Partial<Problem> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Seconds of a `Retry-After`, which may also be a date. */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
