import { BoundedMap } from '@flashcards/shared/runtime/bounded-map';

const WINDOW_MS = 60_000;
const MAX_FAILURES = 20;
const MAX_ADDRESSES = 10_000;

export type FailedKeys = ReturnType<typeof createFailedKeys>;

/**
 * Counts keys that failed, by address. Past the limit an address is refused before anything is hashed or looked up,
 * until its minute is over. `onBurst` is called for an address once a minute.
 */
export function createFailedKeys(onBurst: (address: string, failures: number) => void, now = Date.now) {
  const counts = new BoundedMap<string, { failures: number; since: number }>(MAX_ADDRESSES);
  const current = (address: string) => {
    const entry = counts.get(address);
    return entry && now() - entry.since < WINDOW_MS ? entry : undefined;
  };
  return {
    isEmpty: (): boolean => counts.size === 0,

    /** Seconds until this address may try again; 0 when it may now. */
    blockedSeconds(address: string): number {
      const entry = current(address);
      if (!entry || entry.failures < MAX_FAILURES) return 0;
      return Math.ceil((entry.since + WINDOW_MS - now()) / 1_000);
    },

    failed(address: string): void {
      const entry = current(address) ?? { failures: 0, since: now() };
      entry.failures += 1;
      if (entry.failures === MAX_FAILURES) onBurst(address, entry.failures);
      counts.set(address, entry);
    },
  };
}
