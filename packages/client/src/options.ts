import type { Job } from './wire';

export interface ClientOptions {
  /** The address of the API. Without it: the origin of the page. */
  readonly baseUrl?: string | undefined;
  /** `fck_…`, or a function that returns it, called before every request. */
  readonly apiKey?: string | (() => string | undefined) | undefined;
  /** How often a call is tried again where that may help. Default: 4. */
  readonly retries?: number | undefined;
  /** Time limit of one try, on top of what the server was asked to wait. Default: 30. */
  readonly timeoutSeconds?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SubmitOptions extends CallOptions {
  /** Give one to survive a restart of your program. Without it `submit` makes one. */
  readonly idempotencyKey?: string | undefined;
  /** Wait so many seconds, at most 60, for the end of the job. */
  readonly waitSeconds?: number | undefined;
  /** `no-cache`: make a new deck. `no-store`: also keep it out of the cache. */
  readonly cache?: 'no-cache' | 'no-store' | undefined;
}

export interface WaitOptions extends CallOptions {
  /** Limit of the whole wait. Default: 600. After it comes a `WaitTimeoutError`, and the job goes on. */
  readonly timeoutSeconds?: number | undefined;
  /** Called after every change of the job. */
  readonly onChange?: ((job: Job) => void) | undefined;
}
