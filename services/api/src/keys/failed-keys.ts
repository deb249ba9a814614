import { BoundedMap } from '@flashcards/shared/runtime/bounded-map';

const WINDOW_MS = 60_000;
const MAX_FAILURES = 20;
const MAX_ADDRESSES = 10_000;

export type FailedKeys = ReturnType<typeof createFailedKeys>;

/**
 * Counts keys that failed, by address. It only says how a failed key is answered: a good key is looked up whatever its
 * address did. `onBurst` is called for an address once a minute.
 */
export function createFailedKeys(onBurst: (address: string, failures: number) => void, now = Date.now) {
  const counts = new BoundedMap<string, { failures: number; since: number }>(MAX_ADDRESSES);
  const current = (address: string) => {
    const entry = counts.get(address);
    return entry && now() - entry.since < WINDOW_MS ? entry : { failures: 0, since: now() };
  };
  return {
    /** Counts a failure; returns the seconds until the address gets ordinary answers again, 0 where this was one. */
    count(address: string): number {
      const { failures, since } = current(address);
      const entry = { failures: failures + 1, since };
      counts.set(address, entry);
      if (entry.failures === MAX_FAILURES) onBurst(address, entry.failures);
      return entry.failures > MAX_FAILURES ? Math.ceil((since + WINDOW_MS - now()) / 1_000) : 0;
    },
  };
}
