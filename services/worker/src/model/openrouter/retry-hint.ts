import { retryAfterMs } from '../../retry-after';
import type { Rule } from '../port';
import { type Json, objectOf } from '@flashcards/shared/runtime/json';

/** Where an error may say when to come back. */
export interface HintPlaces {
  readonly headers: Json;
  readonly metadata: Json;
  readonly availability: Json;
}

/** Longer hints are cut to this. A job with less time left fails at once. */
export const MAX_PAUSE_MS = 3_600_000;
const MIN_PAUSE_MS = 250;
/**
 * Pauses where no hint came. Money that running calls hold is free when they end, which is later than a rate limit.
 */
const DEFAULT_PAUSE_MS: Readonly<Record<string, number>> = { in_flight_budget: 30_000 };
const PAUSE_MS = 5_000;

/** OpenRouter sends its reset in epoch milliseconds; other servers send seconds. */
const resetHint = (value: unknown, now: number): number | null => {
  const at = Number(value);
  if (!(at > 1e9)) return null;
  return Math.max(0, (at > 1e11 ? at : at * 1000) - now);
};

const header = (headers: unknown, name: string): unknown =>
  Object.entries(objectOf(headers)).find(([key]) => key.toLowerCase() === name)?.[1];

/** Where a hint may stand, the most trusted first. */
const HINT_PLACES: readonly ((opened: HintPlaces, now: number) => number | null)[] = [
  ({ headers }, now) => retryAfterMs(headers['retry-after'], now),
  ({ availability }, now) => retryAfterMs(availability['retry_after'], now),
  ({ metadata }, now) => retryAfterMs(metadata['retry_after_seconds'], now),
  ({ metadata }, now) => retryAfterMs(header(metadata['headers'], 'retry-after'), now),
  ({ headers }, now) => resetHint(headers['x-ratelimit-reset'], now),
  ({ metadata }, now) => resetHint(header(metadata['headers'], 'x-ratelimit-reset'), now),
];

/** How long to leave the model alone, in milliseconds. */
export const hintOf = (opened: HintPlaces, { action, reason }: Rule, now: number): number | null => {
  if (action !== 'pause' && action !== 'backoff') return null;
  for (const place of HINT_PLACES) {
    const hint = place(opened, now);
    if (hint !== null) return Math.round(Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, hint)));
  }
  return action === 'pause' ? (DEFAULT_PAUSE_MS[reason] ?? PAUSE_MS) : null;
};
