import type { FieldError, Problem } from './wire';

/** The API refused the request or failed. Decide by `code`; `/docs/errors` explains each. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status: number,
    /** A code of the API, or `http_STATUS` when a proxy answered. */
    readonly code: string,
    readonly requestId: string | undefined,
    readonly errors: readonly FieldError[] = [],
    /** Seconds after which a repeat may succeed. */
    readonly retryAfterSeconds?: number,
    readonly policy?: string,
  ) {
    super(message);
  }
}

/** No try was answered. Whether the server acted on the last one is unknown. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** The time limit of `wait` is over. The job goes on. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';

  constructor(
    readonly jobId: string,
    seconds: number,
  ) {
    super(`Job ${jobId} did not end within ${seconds} s. It goes on.`);
  }
}

/** The error in an answer. Never throws: a proxy may answer anything. */
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

/** The seconds of `Retry-After`, which may also be a date. Its own reader, because the client depends on nothing. */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
