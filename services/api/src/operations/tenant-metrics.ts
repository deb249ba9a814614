import { Gauge, type Registry, oncePerScrape } from '@flashcards/shared/runtime/metrics';
import type { TenantUse, TenantsToday } from '@flashcards/shared/store/accounts/tenants';

/** So many tenants have series of their own; all others together are `other`. */
export const MAX_TENANTS = 50;
const OTHER = 'other';

type Sample = readonly [labels: Record<string, string>, value: number];
type Sums = Readonly<Record<'jobs' | 'costUsd', number>>;

/** Each tenant of its own and the rest; a tenant that is called `other` is among the others. */
function perTenant({ all, largest }: TenantsToday, field: keyof Sums): Sample[] {
  const own = largest.filter(({ tenant }) => tenant !== OTHER);
  const rest = own.reduce((left, use) => left - use[field], all[field]);
  return [...of(own, field), [{ tenant: OTHER }, Math.max(0, Number(rest.toFixed(9)))]];
}

const of = (uses: readonly TenantUse[], field: Exclude<keyof TenantUse, 'tenant'>): Sample[] =>
  uses.map((use) => [{ tenant: use.tenant }, use[field]]);

const withBudget = (tenants: TenantsToday['largest']) => tenants.filter(({ limitUsd }) => limitUsd > 0);

type GaugeRow = readonly [
  name: string,
  help: string,
  labelNames: readonly string[],
  pick: (today: TenantsToday) => Sample[],
];
const GAUGES: readonly GaugeRow[] = [
  [
    'tenant_jobs_today',
    'Jobs that ended today (UTC), for each of the 50 largest tenants and for the rest as `other`.',
    ['tenant'],
    (today) => perTenant(today, 'jobs'),
  ],
  [
    'tenant_cost_usd_today',
    'US dollars spent today (UTC), for each of the 50 largest tenants and for the rest as `other`.',
    ['tenant'],
    (today) => perTenant(today, 'costUsd'),
  ],
  [
    'tenant_reserved_usd',
    'US dollars reserved by open jobs, for each of the largest tenants with a budget.',
    ['tenant'],
    ({ largest }) => of(withBudget(largest), 'reservedUsd'),
  ],
  [
    'tenant_budget_usd',
    'Daily budget in US dollars, for each of the largest tenants with a budget.',
    ['tenant'],
    ({ largest }) => of(withBudget(largest), 'limitUsd'),
  ],
  [
    'budget_used_ratio',
    'Highest share of a daily limit that a tenant has spent and reserved, by policy (`cost-day`, `tokens-day`). It is 0 below one half, and at least 1 if the limit was not enough for a job.',
    ['policy'],
    ({ policies }) => policies.map(({ policy, highestShare }) => [{ policy }, highestShare]),
  ],
  [
    'budget_tenants',
    'Tenants whose daily limit is `near` (at least 80 % spent and reserved) or `exhausted` (it was not enough for a job), by policy.',
    ['policy', 'level'],
    ({ policies }) =>
      policies.flatMap(({ policy, nearTenants, exhaustedTenants }): Sample[] => [
        [{ policy, level: 'near' }, nearTenants],
        [{ policy, level: 'exhausted' }, exhaustedTenants],
      ]),
  ],
];

/**
 * Gauges of tenants and their budgets, asked for at each scrape with one call of Redis. Labels are ids of tenants, at
 * most 50 and `other`: however many there are, a metric has at most 51 series.
 */
export function watchTenants(registry: Registry, read: () => Promise<TenantsToday>): void {
  const once = oncePerScrape(read);
  for (const [name, help, labelNames, pick] of GAUGES)
    new Gauge({
      name: `flashcards_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const today = await once();
        this.reset();
        if (today) for (const [labels, value] of pick(today)) this.set(labels, value);
      },
    });
}
