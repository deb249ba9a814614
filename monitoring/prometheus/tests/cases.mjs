// The unit tests of the alerts, two each: one that fires at the right minute, one just below that stays silent.
// `npm run test:monitoring` renders them for promtool. Series are in promtool's notation, one sample a minute from
// minute 0 on; `at` is the minute at which the alert fires and the minute before which it does not.

/**
 * @typedef {[name: string, samples: string]} Series
 * @typedef {object} Case
 * @property {number} at
 * @property {Series[]} fires
 * @property {Series[]} [quiet]
 * @typedef {(bad: number, minutes: number) => Series[]} Make
 */

const api = (rest = '') => `{job="api",instance="a:9100"${rest}}`;
const worker = (rest = '') => `{job="worker",instance="w:9101"${rest}}`;
/**
 * A counter that grows by `each` a minute for `minutes`.
 * @type {(each: number, minutes: number) => string}
 */
const grows = (each, minutes) => `0+${each}x${minutes}`;

const HOURS = 60;
const DAYS = 24 * HOURS;

/**
 * The windows of a burn: its length in minutes, and the factor.
 * @type {[name: string, minutes: number, factor: number][]}
 */
const BURNS = [
  ['Fast', 1 * HOURS, 14.4],
  ['Medium', 6 * HOURS, 6],
  ['Slow', 3 * DAYS, 1],
];

/**
 * An objective: its budget, and the series that make `bad` of 10,000 events a minute bad ones.
 * @type {Record<string, [budget: number, series: Make]>}
 */
const OBJECTIVES = {
  ApiAvailability: [
    0.001,
    (bad, minutes) => [
      [`flashcards_http_requests_total${api(',route="/v1/jobs",status_class="5xx"')}`, grows(bad, minutes)],
      [`flashcards_http_requests_total${api(',route="/v1/jobs",status_class="2xx"')}`, grows(10_000 - bad, minutes)],
    ],
  ],
  Acceptance: [0.01, late('flashcards_job_accept_duration_seconds', api, '0.25')],
  JobSuccess: [
    0.01,
    (bad, minutes) => [
      [`flashcards_job_failures_total${worker(',code="model_unavailable"')}`, grows(bad, minutes)],
      [`flashcards_job_failures_total${worker(',code="no_cards"')}`, grows(1_000, minutes)],
      [`flashcards_job_runs_total${worker(',outcome="failed"')}`, grows(bad, minutes)],
      [`flashcards_job_runs_total${worker(',outcome="completed"')}`, grows(10_000 - bad, minutes)],
    ],
  ],
  Freshness: [0.01, late('flashcards_job_wait_seconds', worker, '30')],
  WebhookDelivery: [0.01, late('flashcards_delivery_late_seconds', worker, '10')],
};

/** @type {(name: string, labels: typeof api, limit: string) => Make} */
function late(name, labels, limit) {
  return (bad, minutes) => [
    [`${name}_bucket${labels(`,le="${limit}"`)}`, grows(10_000 - bad, minutes)],
    [`${name}_bucket${labels(',le="+Inf"')}`, grows(10_000, minutes)],
    [`${name}_count${labels()}`, grows(10_000, minutes)],
  ];
}

const burnCases = Object.entries(OBJECTIVES).flatMap(([name, [budget, series]]) =>
  BURNS.map(([burn, minutes, factor]) => {
    const limit = 10_000 * budget * factor;
    const length = minutes + 60;
    // All from the start is above or below: the alert needs no more than the two samples that make a rate.
    return {
      alert: name + 'Burn' + burn,
      at: 1,
      fires: series(limit * 1.1, length),
      quiet: series(limit * 0.9, length),
    };
  }),
);

/** @type {(name: string, above: number, below: number, more: { at: number, labels?: string, minutes?: number }) => Case} */
const gauge = (name, above, below, { at, labels = api(), minutes = 20 }) => ({
  at,
  fires: [[name + labels, `${above}x${minutes}`]],
  quiet: [[name + labels, `${below}x${minutes}`]],
});

/** @type {Record<string, Case>} */
const causes = {
  TargetDown: gauge('up', 0, 1, { at: 2 }),
  NoApi: { at: 1, fires: [[`up${api()}`, '0x20']], quiet: [[`up${api()}`, '1x20']] },
  NoWorkers: {
    at: 1,
    fires: [[`flashcards_workers${api()}`, '0x20'], [`up${worker()}`, '1x20']],
    quiet: [[`flashcards_workers${api()}`, '1x20'], [`up${worker()}`, '1x20']],
  },
  HighErrorRate: { at: 6, fires: errors(11), quiet: errors(9) },
  HighResponseTime: { at: 6, fires: slow(94), quiet: slow(96) },
  JobsFail: { at: 11, fires: failures(51), quiet: failures(49) },
  HighMemory: {
    at: 5,
    fires: [[`flashcards_process_resident_memory_bytes${api()}`, '86x20'], [`flashcards_memory_limit_bytes${api()}`, '100x20']],
    quiet: [[`flashcards_process_resident_memory_bytes${api()}`, '84x20'], [`flashcards_memory_limit_bytes${api()}`, '100x20']],
  },
  EventLoopLag: gauge('flashcards_nodejs_eventloop_lag_p99_seconds', 0.51, 0.49, { at: 5 }),
  // One replica of two whose writes Redis takes proves that it is up.
  RedisDown: {
    at: 1,
    fires: [[`flashcards_redis_up${api()}`, '0x20'], ['flashcards_redis_up{job="api",instance="b:9100"}', '0x20']],
    quiet: [[`flashcards_redis_up${api()}`, '0x20'], ['flashcards_redis_up{job="api",instance="b:9100"}', '1x20']],
  },
  RedisMemoryHigh: {
    at: 1,
    fires: [[`flashcards_redis_memory_used_bytes${api()}`, '61x20'], [`flashcards_redis_memory_limit_bytes${api()}`, '100x20']],
    quiet: [[`flashcards_redis_memory_used_bytes${api()}`, '59x20'], [`flashcards_redis_memory_limit_bytes${api()}`, '100x20']],
  },
  RedisAofError: gauge('flashcards_redis_aof_ok', 0, 1, { at: 0 }),
  DiskLow: gauge('flashcards_disk_free_ratio', 0.09, 0.11, { at: 5 }),
  QueueStuck: {
    at: 2,
    fires: [[`flashcards_queue_waiting_jobs${api()}`, '3x20']],
    quiet: [[`flashcards_queue_waiting_jobs${api()}`, '3x20'], [`flashcards_job_runs_total${worker(',outcome="completed"')}`, '0+1x20']],
  },
  OldestWait: gauge('flashcards_queue_oldest_wait_seconds', 301, 299, { at: 5 }),
  StallRate: { at: 6, fires: stalls(11), quiet: stalls(9) },
  UpstreamAuth: {
    at: 1,
    fires: [[`flashcards_model_calls_total${worker(',outcome="http_401"')}`, '0+1x20']],
    quiet: [[`flashcards_model_calls_total${worker(',outcome="http_500"')}`, '0+9x20']],
  },
  UpstreamRateLimited: {
    at: 11,
    fires: [[`flashcards_job_runs_total${worker(',outcome="paused"')}`, '0+1x30']],
    quiet: [[`flashcards_job_runs_total${worker(',outcome="paused"')}`, '0+1x4 4x26']],
  },
  BudgetNearlySpent: gauge('flashcards_budget_tenants', 1, 0, { at: 5, labels: api(',policy="cost-day",level="near"') }),
  BudgetExhausted: gauge('flashcards_budget_tenants', 1, 0, { at: 1, labels: api(',policy="tokens-day",level="exhausted"') }),
  SubmitsRateLimited: { at: 11, fires: refused(101), quiet: refused(99) },
  AuditFailed: {
    at: 1,
    fires: [[`flashcards_audit_records_total${api(',outcome="failed"')}`, '0 1x20']],
    quiet: [[`flashcards_audit_records_total${api(',outcome="failed"')}`, '3x20'], [`flashcards_audit_records_total${api(',outcome="written"')}`, '0+5x20']],
  },
  WorkersTooFew: { at: 10, fires: workers(2, 3), quiet: workers(3, 3) },
  CardsDropped: { at: 31, fires: dropped(61), quiet: dropped(59) },
  WebhookBacklog: gauge('flashcards_delivery_overdue_seconds', 301, 299, { at: 5 }),
  WebhookEndpointDisabled: {
    at: 1,
    fires: [[`flashcards_webhook_urls_disabled_total${worker()}`, '0 1x20']],
    quiet: [[`flashcards_webhook_urls_disabled_total${worker()}`, '4x20']],
  },
  ErasureOpen: gauge('flashcards_erasures_open', 1, 0, { at: 15 }),
  ClockSkew: gauge('flashcards_clock_skew_seconds', -2.1, -1.9, { at: 5 }),
  BackupOld: {
    at: 126,
    fires: [['flashcards_backup_last_success_timestamp_seconds{job="node"}', '0x200']],
    quiet: [['flashcards_backup_last_success_timestamp_seconds{job="node"}', '0+60x200']],
  },
  CertificateExpires: {
    at: 60,
    fires: [['flashcards_certificate_not_after_timestamp_seconds{job="node"}', `${14 * 86_400 - 1}x100`]],
    quiet: [['flashcards_certificate_not_after_timestamp_seconds{job="node"}', `${14 * 86_400 + 7_200}x100`]],
  },
  // It has no silent case: it always fires.
  Watchdog: { at: 0, fires: [['up{job="api"}', '1x20']] },
}; // prettier-ignore

/** @type {(bad: number) => Series[]} */
function errors(bad) {
  return [
    [`flashcards_http_requests_total${api(',route="/v1/jobs",status_class="5xx"')}`, grows(bad, 30)],
    [`flashcards_http_requests_total${api(',route="/v1/jobs",status_class="2xx"')}`, grows(1_000 - bad, 30)],
  ];
}

/** @type {(bad: number) => Series[]} */
function refused(bad) {
  return [
    [`flashcards_jobs_submitted_total${api(',outcome="rate_limited"')}`, grows(bad, 30)],
    [`flashcards_jobs_submitted_total${api(',outcome="queued"')}`, grows(1_000 - bad, 30)],
  ];
}

/** @type {(there: number, wanted: number) => Series[]} */
function workers(there, wanted) {
  return [
    [`flashcards_workers${api()}`, `${there}x20`],
    ['flashcards_workers_desired{job="autoscaler",instance="s:9102"}', `${wanted}x20`],
  ];
}

/** @type {(fast: number) => Series[]} */
function slow(fast) {
  const name = 'flashcards_http_request_duration_seconds_bucket';
  return [
    [`${name}${api(',route="/v1/queue",le="5"')}`, grows(fast, 30)],
    [`${name}${api(',route="/v1/queue",le="10"')}`, grows(100, 30)],
    [`${name}${api(',route="/v1/queue",le="+Inf"')}`, grows(100, 30)],
  ];
}

/** @type {(bad: number) => Series[]} */
function failures(bad) {
  return [
    [`flashcards_job_failures_total${worker(',code="model_unavailable"')}`, grows(bad, 40)],
    [`flashcards_job_runs_total${worker(',outcome="failed"')}`, grows(bad, 40)],
    [`flashcards_job_runs_total${worker(',outcome="completed"')}`, grows(1_000 - bad, 40)],
  ];
}

/** @type {(bad: number) => Series[]} */
function stalls(bad) {
  return [
    [`flashcards_jobs_stalled_total${worker()}`, grows(bad, 40)],
    [`flashcards_job_runs_total${worker(',outcome="completed"')}`, grows(1_000, 40)],
  ];
}

/** @type {(bad: number) => Series[]} */
function dropped(bad) {
  return [
    [`flashcards_cards_dropped_total${worker(',reason="leak"')}`, grows(bad, 80)],
    [`flashcards_cards_kept_total${worker()}`, grows(100 - bad, 80)],
  ];
}

/** @type {(Case & { alert: string })[]} */
export const CASES = [...burnCases, ...Object.entries(causes).map(([alert, rest]) => ({ alert, ...rest }))];
