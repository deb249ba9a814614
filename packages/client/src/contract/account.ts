// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

/** The caller's own use. A limit is null where there is none. */
export interface UsageReport {
  /** Today first. Earlier days without jobs are left out. */
  readonly days: readonly DayUsage[];
  /** Reserved by jobs that have not ended. Counted where there are limits. */
  readonly reserved: {
    readonly open_jobs: number;
    readonly tokens: number;
    readonly cost_usd: number;
  };
  /** Null: no limit. */
  readonly limits: {
    readonly submits_per_minute: number | null;
    readonly open_jobs: number | null;
    readonly tokens_per_day: number | null;
    readonly usd_per_day: number | null;
    readonly edits_per_minute: number | null;
    /** Within the time for which a deck is kept. */
    readonly stored_bytes: number | null;
  };
  readonly left: Limits;
}

/** The use of all jobs that ended on one day (UTC). */
export interface DayUsage {
  /** The day (UTC) on which the jobs ended: `2026-11-24`. */
  readonly date: string;
  readonly jobs: number;
  readonly cards: number;
  readonly cache_hits: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** US dollars. An unknown cost counts as the whole reservation. */
  readonly cost_usd: number;
}

/** What is left today. Null: no limit. */
export interface Limits {
  readonly open_jobs: number | null;
  readonly tokens_per_day: number | null;
  readonly usd_per_day: number | null;
}

/** The erasure of all jobs of the caller: how far it is, and its receipt. */
export interface Erasure {
  /** The id of the receipt, also in the audit log. */
  readonly erasure_id: string;
  /** `done`: nothing of it is left, and the receipt is in the audit log. */
  readonly status: 'erasing' | 'done';
  readonly asked_at: string;
  readonly done_at: string | null;
  /** Jobs that were erased so far. */
  readonly jobs: number;
  /** Results that the cache may have yet. None of them is served. */
  readonly cached_results_left: number;
  /** What is not erased. */
  readonly stays: readonly string[];
}

export interface QueueState {
  readonly depth: number;
  readonly running: number;
  readonly workers: number;
  readonly oldest_wait_seconds: number;
  /** Until a job that is submitted now should have ended. */
  readonly eta_seconds: number;
}

export interface Health {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly reason: string;
  readonly checks: {
    readonly [key: string]: {
      readonly status: 'healthy' | 'degraded' | 'unhealthy';
      readonly reason: string;
    };
  };
}

/** Why a request was refused (RFC 9457). Decide by `code`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  /** The trace of the request (W3C trace context), where there is one. */
  readonly trace_id?: string;
  readonly policy?: string;
  readonly errors?: readonly FieldError[];
  /** What `Retry-After` says of a request. */
  readonly retry_after_seconds?: number;
}

export type ErrorCode =
  | 'malformed_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported_media_type'
  | 'misdirected'
  | 'invalid_request'
  | 'idempotency_mismatch'
  | 'rate_limited'
  | 'quota_exceeded'
  | 'budget_exceeded'
  | 'overloaded'
  | 'queue_unavailable'
  | 'draining'
  | 'internal'
  | 'model_unavailable'
  | 'model_rate_limited'
  | 'model_rejected'
  | 'model_auth'
  | 'model_budget'
  | 'model_output_invalid'
  | 'no_cards'
  | 'deadline_exceeded'
  | 'worker_crashed';

/** One refused field: a JSON pointer into the request, and the rule. */
export interface FieldError {
  /** A JSON pointer. Empty: the whole body. */
  readonly pointer: string;
  readonly detail: string;
}
