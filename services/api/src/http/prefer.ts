/** `Prefer` of RFC 7240, as far as we know it. */
export interface Preference {
  /** Seconds to wait for the end, 0 for none; at most 60. */
  readonly waitSeconds: number;
  /** What of it was honoured, for `Preference-Applied`. */
  readonly applied: string | undefined;
}

export const MAX_WAIT_SECONDS = 60;

export function readPrefer(header: string | undefined): Preference {
  const preferences = (header ?? '').split(',').map((preference) => preference.trim().toLowerCase());
  if (preferences.includes('respond-async')) return { waitSeconds: 0, applied: 'respond-async' };
  const wait = preferences.map((preference) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(preference)).find(Boolean);
  if (!wait) return { waitSeconds: 0, applied: undefined };
  const waitSeconds = Math.min(Number(wait[1]), MAX_WAIT_SECONDS);
  return { waitSeconds, applied: `wait=${waitSeconds}` };
}
