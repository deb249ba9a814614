/** How long what is left of an ended job lives, in seconds. */
export interface Retention {
  readonly resultSeconds: number;
  readonly failedTextSeconds: number;
}

/** How long a good result is cached for identical requests. */
export const CACHE_SECONDS = 3_600;
/** A tombstone lives for a day, so that a repeated idempotency key is never paid twice. */
const TOMB_SECONDS = 86_400;

/** What scripts that end jobs are given. A record that outlived its tombstone would let an old idempotency key make a new job. */
export const ttlOf = ({ resultSeconds, failedTextSeconds }: Retention) => ({
  result: resultSeconds,
  text: failedTextSeconds,
  tomb: Math.max(TOMB_SECONDS, resultSeconds),
});
