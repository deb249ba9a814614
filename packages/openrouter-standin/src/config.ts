/** What `PUT /__sim/config` changes while the server runs. Names are those of the JSON. */
export interface Config {
  /** The whole answer takes this long, when neither the model nor a header says otherwise. */
  latency_ms: number;
  /** What a hung-up stream costs: what was sent, all of it (some providers go on), or nothing. */
  bill_on_abort: 'sent' | 'full' | 'none';
  /** Bills failed calls too. Off by default, as the real service promises. */
  bill_on_error: boolean;
  /** How many of the last request bodies are kept, for `?contains=` and `?bodies=1`. */
  capture_bodies: number;
  max_body_bytes: number;
  /** Money left on the account and on each key; null means no limit. */
  balance_usd: number | null;
  key_limit_usd: number | null;
  /** How long `GET /generation` answers 404 after a call. */
  generation_lag_ms: number;
  credits_requires_management: boolean;
  /** More calls than this at once are answered 429; null means no limit. */
  concurrency_limit: number | null;
  /** Share of calls (0 to 1) by scenario; the rest is served well. */
  mix: Record<string, number>;
  /** Any model name is served, known to the catalogue or not. */
  accept_any_model: boolean;
}

export const defaultConfig = (): Config => ({
  latency_ms: 0,
  bill_on_abort: 'sent',
  bill_on_error: false,
  capture_bodies: 1000,
  max_body_bytes: 4_000_000,
  balance_usd: null,
  key_limit_usd: null,
  generation_lag_ms: 0,
  credits_requires_management: false,
  concurrency_limit: null,
  mix: {},
  accept_any_model: false,
});

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

const CHECKS: Readonly<Record<keyof Config, (value: unknown) => boolean>> = {
  latency_ms: isNumber,
  bill_on_abort: (value) => value === 'sent' || value === 'full' || value === 'none',
  bill_on_error: isBoolean,
  capture_bodies: isNumber,
  max_body_bytes: isNumber,
  balance_usd: isNumberOrNull,
  key_limit_usd: isNumberOrNull,
  generation_lag_ms: isNumber,
  credits_requires_management: isBoolean,
  concurrency_limit: isNumberOrNull,
  mix: (value) => typeof value === 'object' && value !== null && Object.values(value).every(isNumber),
  accept_any_model: isBoolean,
};

const CHECK_OF = new Map(Object.entries(CHECKS));

/** Changes the named settings. Returns the names that are unknown or have a bad value; then nothing changes. */
export function applyConfig(config: Config, change: Record<string, unknown>): string[] {
  const bad = Object.keys(change).filter((name) => !CHECK_OF.get(name)?.(change[name]));
  if (bad.length === 0) Object.assign(config, change);
  return bad;
}
