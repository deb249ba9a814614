/** The queue brings the job back after `delayMs`; null leaves the wait to `backoff`. */
export class Retry extends Error {
  constructor(
    reason: string,
    readonly delayMs: number | null,
  ) {
    super(reason);
  }
}

/** Waits between attempts: the hint where there is one, else growing with full jitter. */
export function backoff(attemptsMade: number, error?: Error): number {
  if (error instanceof Retry && error.delayMs !== null) return error.delayMs;
  return Math.ceil(Math.random() * Math.min(30_000, 500 * 2 ** Math.min(attemptsMade, 10)));
}
