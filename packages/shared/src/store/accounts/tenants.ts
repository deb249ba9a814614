import type { Redis } from 'ioredis';
import { NANO } from '../../contract/cost';
import { defineScript } from '../script';
import { fields, list, number, text } from '../shape';

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

const read = fields({
  all: fields({ jobs: number, nano: number }),
  largest: list(fields({ tenant: text, jobs: number, nano: number, held_nano: number, max_nano: number })),
  policies: list(fields({ policy: text, highest_share: number, near: number, exhausted: number })),
});
type Answer = ReturnType<typeof read>;

/** Reads what `accounts.lua` writes of tenants; one call, whose cost grows with `max` and not with the tenants. */
export function createTenantReader(redis: Redis, prefix: string, max: number): () => Promise<TenantsToday> {
  const tenants = defineScript({ redis, prefix }, 'accounts/tenants', { read });
  return async () => {
    const { all, largest, policies } = await tenants({ max, near_share: NEAR_SHARE });
    return {
      all: { jobs: all.jobs, costUsd: all.nano / NANO },
      largest: largest.map(tenantUseOf),
      policies: policies.map(policyUseOf),
    };
  };
}

const tenantUseOf = ({ tenant, jobs, nano, held_nano, max_nano }: Answer['largest'][number]): TenantUse => ({
  tenant,
  jobs,
  costUsd: nano / NANO,
  reservedUsd: held_nano / NANO,
  limitUsd: max_nano / NANO,
});

const policyUseOf = ({ policy, highest_share, near, exhausted }: Answer['policies'][number]): PolicyUse => ({
  policy,
  highestShare: highest_share,
  nearTenants: near,
  exhaustedTenants: exhausted,
});
