import { AppError } from '@flashcards/shared/contract/errors';
import type { ApiConfig } from '../config';

/** What a tenant holds of this replica at once, by the name of the policy that bounds it. */
export const POOLS = {
  streams: { setting: 'MAX_STREAMS_PER_TENANT', holds: 'open event streams', retryAfterSeconds: 10 },
  waits: { setting: 'MAX_WAITS_PER_TENANT', holds: 'requests that wait for a job', retryAfterSeconds: 5 },
  reads: { setting: 'MAX_READS_PER_TENANT', holds: 'reads at once', retryAfterSeconds: 1 },
  lists: { setting: 'MAX_LISTS_PER_TENANT', holds: 'lists of jobs at once', retryAfterSeconds: 1 },
  files: { setting: 'MAX_FILES_PER_TENANT', holds: 'files that are made or sent', retryAfterSeconds: 2 },
} as const;

export type Pool = keyof typeof POOLS;

/** Of each pool: how much one tenant may hold; 0 is no limit. */
export type Quotas = Readonly<Record<Pool, number>>;

/** Without keys there is one tenant, and nobody to share with. */
export const quotasOf = (config: ApiConfig): Quotas => {
  const quota = (pool: Pool): number => (config.AUTH === 'open' ? 0 : config[POOLS[pool].setting]);
  return {
    streams: quota('streams'),
    waits: quota('waits'),
    reads: quota('reads'),
    lists: quota('lists'),
    files: quota('files'),
  };
};

export interface SharesParts {
  readonly quotas: Quotas;
  readonly onRefused: (pool: Pool) => void;
}

/**
 * Keeps a tenant to its share of what all tenants use at this replica, so that none can use up a pool alone.
 * It remembers only tenants that hold something.
 */
export class Shares {
  readonly #held = new Map<string, number>();
  readonly #parts: SharesParts;

  constructor(parts: SharesParts) {
    this.#parts = parts;
  }

  /** Takes one of the tenant's share; returns how to give it back. Past the share it throws `quota_exceeded`. */
  take(pool: Pool, tenant: string): () => void {
    const quota = this.#parts.quotas[pool];
    if (quota === 0) return () => undefined;
    const name = `${pool} ${tenant}`;
    const held = this.#held.get(name) ?? 0;
    if (held >= quota) {
      this.#parts.onRefused(pool);
      throw pastShare(pool, quota);
    }
    this.#held.set(name, held + 1);
    return () => this.#giveBack(name);
  }

  #giveBack(name: string): void {
    const left = (this.#held.get(name) ?? 1) - 1;
    if (left > 0) this.#held.set(name, left);
    else this.#held.delete(name);
  }
}

function pastShare(pool: Pool, quota: number): AppError {
  const { holds, retryAfterSeconds } = POOLS[pool];
  const detail = `You have ${quota} ${holds}, which is all that one tenant may have. Try again in ${retryAfterSeconds} s.`;
  return new AppError('quota_exceeded', detail, { retryAfterSeconds, policy: pool, quota });
}
