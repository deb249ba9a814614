const SECONDS = /^\s*\d{1,9}(\.\d+)?\s*$/;
const HTTP_DATE = /^\s*[A-Za-z]{3,9},? /;

/** The wait in milliseconds that a `Retry-After` asks for, as seconds or as a date; null for what is neither. */
export function retryAfterMs(value: unknown, now: number): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * 1_000 : null;
  if (typeof value !== 'string') return null;
  if (SECONDS.test(value)) return Number(value) * 1_000;
  const date = HTTP_DATE.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
