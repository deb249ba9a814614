/**
 * Every error a client can meet, in one table: over HTTP (RFC 9457) and as a job's own `error.code`.
 * `retry` says what a repeat is worth: `never`, `backoff` (soon, growing), or `later` (after the hint).
 */
export interface ErrorRow {
  readonly status: number;
  readonly retry: 'never' | 'backoff' | 'later';
  readonly title: string;
}

const row = (status: number, retry: ErrorRow['retry'], title: string): ErrorRow => ({ status, retry, title });

/** What a job can end with; `status` is what the old call `POST /generate` answers for it. */
export const JOB_ERRORS = {
  model_unavailable: row(502, 'backoff', 'The model did not answer'),
  model_rate_limited: row(502, 'later', 'The model is rate limited'),
  model_rejected: row(502, 'never', 'The model refused the request'),
  model_auth: row(502, 'never', "The model's API key was refused"),
  model_budget: row(502, 'never', "The model's budget is spent"),
  model_output_invalid: row(502, 'backoff', "The model's answer is not a deck"),
  no_cards: row(422, 'never', 'No card could be kept'),
  deadline_exceeded: row(504, 'later', 'The job did not end before its deadline'),
  worker_crashed: row(500, 'later', 'The job crashed its worker too often'),
  internal: row(500, 'later', 'Internal error'),
} as const satisfies Record<string, ErrorRow>;

/** What an HTTP request can be refused with. */
export const HTTP_ERRORS = {
  malformed_request: row(400, 'never', 'The request cannot be read'),
  unauthenticated: row(401, 'never', 'The API key is missing or not valid'),
  forbidden: row(403, 'never', 'The request is not allowed'),
  not_found: row(404, 'never', 'There is nothing here'),
  method_not_allowed: row(405, 'never', 'The method is not allowed here'),
  not_acceptable: row(406, 'never', 'The format is not offered'),
  conflict: row(409, 'never', "The job's state does not allow this"),
  gone: row(410, 'never', 'It has expired or was erased'),
  too_large: row(413, 'never', 'The body is too large'),
  unsupported_media_type: row(415, 'never', 'The content type is not supported'),
  misdirected: row(421, 'never', 'The service does not answer to this host name'),
  invalid_request: row(422, 'never', 'The request is not valid'),
  idempotency_mismatch: row(422, 'never', 'The idempotency key was used for another request'),
  rate_limited: row(429, 'later', 'Too many requests'),
  quota_exceeded: row(429, 'later', 'The quota is used up'),
  budget_exceeded: row(429, 'later', 'The budget is used up'),
  overloaded: row(503, 'later', 'The service is overloaded'),
  queue_unavailable: row(503, 'later', 'The queue cannot be reached'),
  draining: row(503, 'later', 'This replica is shutting down'),
  internal: JOB_ERRORS.internal,
} as const satisfies Record<string, ErrorRow>;

export type JobErrorCode = keyof typeof JOB_ERRORS;
export type HttpErrorCode = keyof typeof HTTP_ERRORS;
export type ErrorCode = JobErrorCode | HttpErrorCode;

/** The row of any code. */
export const errorRow = (code: ErrorCode): ErrorRow => ({ ...JOB_ERRORS, ...HTTP_ERRORS })[code];

/** One thing wrong in a request: a JSON pointer into it and the rule that was broken. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ErrorDetails {
  /** Seconds after which a repeat may succeed. */
  readonly retryAfterSeconds?: number;
  /** All broken fields at once. */
  readonly errors?: readonly FieldError[];
  /** Name of the limit that was hit. */
  readonly policy?: string;
  /** How much that limit allows at once, where it is of this replica. */
  readonly quota?: number;
  /** Methods for `Allow`. */
  readonly allow?: readonly string[];
  /** Codings for `Accept-Encoding` (RFC 9110, 12.5.3). */
  readonly acceptEncoding?: string;
}

/** An error with a code from the table. `message` is for people and never decides anything. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'AppError';
  }
}
