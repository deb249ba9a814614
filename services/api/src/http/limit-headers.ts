import type { Limits } from '@flashcards/shared/contract/limits';

/** What this replica saw last of the submits that are left to a caller, -1 where it saw nothing. Another replica may know better. */
export class LimitSnapshot {
  constructor(
    public left = -1,
    public at = 0,
  ) {}

  note(left: number, now = Date.now()): void {
    this.left = left;
    this.at = now;
  }
}

const WINDOW_SECONDS = 60;
const DAY_SECONDS = 86_400;
const MICRO = 1e6;

type Row = readonly [name: string, quota: (limits: Limits) => number, rest: string];

/** Names, quotas and windows, as `RateLimit-Policy` has them (draft 8). */
const POLICIES: readonly Row[] = [
  ['submits', ({ submits_per_minute }) => submits_per_minute, `;w=${WINDOW_SECONDS}`],
  ['jobs-open', ({ open_jobs }) => open_jobs, ';qu="concurrent-requests"'],
  ['tokens-day', ({ tokens_per_day }) => tokens_per_day, `;qu="tokens";w=${DAY_SECONDS}`],
  ['edits', ({ edits_per_minute }) => edits_per_minute, `;w=${WINDOW_SECONDS}`],
  ['stored-bytes', ({ stored_bytes }) => stored_bytes, ';qu="content-bytes"'],
  ['cost-day', ({ usd_per_day }) => Math.floor(usd_per_day * MICRO), `;qu="micro-usd";w=${DAY_SECONDS}`],
];

const policyText = new WeakMap<Limits, string>();

function policyOf(limits: Limits): string {
  const known = policyText.get(limits);
  if (known !== undefined) return known;
  const rows = POLICIES.map(([name, quota, rest]) => [quota(limits), `"${name}";q=${quota(limits)}${rest}`] as const);
  const text = rows.flatMap(([quota, row]) => (quota > 0 ? [row] : [])).join(', ');
  policyText.set(limits, text);
  return text;
}

/**
 * The limits of the caller and the submits that are left, for every answer: name and value in turn.
 * `hasOwn`: the answer itself says what is left.
 */
export function limitHeaders(limits: Limits, { left, at }: LimitSnapshot, hasOwn: boolean, now = Date.now()): string[] {
  const policy = policyOf(limits);
  if (!policy) return [];
  const max = limits.submits_per_minute;
  if (hasOwn || max === 0 || left < 0) return ['RateLimit-Policy', policy];
  const isOld = now - at > WINDOW_SECONDS * 1_000;
  return ['RateLimit-Policy', policy, 'RateLimit', `"submits";r=${isOld ? max : left};t=${WINDOW_SECONDS}`];
}
