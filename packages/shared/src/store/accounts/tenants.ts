import type { Redis } from 'ioredis';
import { NANO } from '../../contract/cost';
import { defineScript } from '../script';

/** What a tenant used on this day of UTC, and what its open jobs may still use. */
export interface TenantUse {
  readonly tenant: string;
  readonly jobs: number;
  readonly costUsd: number;
  readonly reservedUsd: number;
  /** What it may spend a day; 0 is no limit. */
  readonly limitUsd: number;
}

/** How near tenants are to a limit of their day, with what is reserved. */
export interface PolicyUse {
  readonly policy: string;
  /** The highest share of all; past half it is exact, below it is 0. One that did not suffice is 1 or more. */
  readonly highestShare: number;
  readonly nearTenants: number;
  readonly exhaustedTenants: number;
}

export interface TenantsToday {
  readonly all: { readonly jobs: number; readonly costUsd: number };
  /** The largest by money, then by jobs. */
  readonly largest: readonly TenantUse[];
  readonly policies: readonly PolicyUse[];
}

const NEAR_SHARE = 0.8;
type Read = [string[], string[][], [string, string, number, number][]];

/** Reads what `accounts.lua` writes of tenants; one call, whose cost grows with `most` and not with the tenants. */
export function createTenantReader(redis: Redis, prefix: string, max: number): () => Promise<TenantsToday> {
  const script = defineScript(redis, 'accounts/tenants');
  return async () => {
    const [all, largest, policies] = (await script(prefix, max, NEAR_SHARE, 1)) as Read;
    const [jobs = 0, nano = 0] = all.map(Number);
    return {
      all: { jobs, costUsd: nano / NANO },
      largest: largest.map(([tenant = '', ...numbers]) => useOf(tenant, numbers.map(Number))),
      policies: policies.map(([policy, share, nearTenants, exhaustedTenants]) => ({
        policy,
        highestShare: Number(share),
        nearTenants,
        exhaustedTenants,
      })),
    };
  };
}

const useOf = (tenant: string, [jobs = 0, nano = 0, held = 0, max = 0]: readonly number[]): TenantUse => ({
  tenant,
  jobs,
  costUsd: nano / NANO,
  reservedUsd: held / NANO,
  limitUsd: max / NANO,
});
