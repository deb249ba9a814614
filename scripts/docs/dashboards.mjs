// The dashboards for Grafana, from a table with one line per panel: its title, its data and its unit.
// `npm run docs` writes monitoring/grafana/dashboards/*.json from it.

/**
 * @typedef {[expression: string, legend: string]} Target
 * @typedef {[color: string, from: number | null]} Step
 *
 * @typedef {object} More
 * @property {boolean} [stacked]
 * @property {string} [runbook] the anchor of its section
 *
 * @typedef {object} Measured
 * @property {'stat' | 'timeseries'} type
 * @property {string} title
 * @property {Target[]} targets
 * @property {string} unit
 * @property {Step[]} [steps]
 * @property {number} width
 * @property {number} height
 *
 * @typedef {{ type: 'row', title: string, width: number, height: number }} Row
 * @typedef {Row | (Measured & More)} Panel
 * @typedef {[title: string, panels: Panel[]]} Dashboard
 */

const VARIABLES = [
  ['region', 'label_values(flashcards_build_info, region)'],
  ['replica', 'label_values(flashcards_build_info{region=~"$region"}, instance)'],
];
const RUNBOOKS = '/docs/runbooks.md';
/** Selected by the variables. A stack without regions has no such label, which `.*` matches, too. */
const ALL = 'region=~"$region"';
const ONE = 'region=~"$region",instance=~"$replica"';
/** @param {string} name */
const rate = (name, labels = '', scope = ALL) =>
  `rate(${name}{${[scope, labels].filter(Boolean).join(',')}}[$__rate_interval])`;
/** @type {(name: string, by: string, labels?: string) => string} */
const sum = (name, by, labels) => `sum by (${by}) (${rate(name, labels)})`;
/** @type {(q: number, name: string, labels?: string) => string} */
const quantile = (q, name, labels) => `histogram_quantile(${q}, sum by (le) (${rate(`${name}_bucket`, labels)}))`;
/** @type {(name: string, labels?: string) => Target[]} */
const quantiles = (name, labels) => [0.5, 0.95, 0.99].map((q) => [quantile(q, name, labels), `p${q * 100}`]);
/** @param {string} name */
const gauge = (name, labels = '') => `${name}{${[ALL, labels].filter(Boolean).join(',')}}`;
/** @param {string} name */
const each = (name) => `${name}{${ONE}}`;

/** @type {(title: string, expr: string, unit: string, steps: Step[], runbook?: string) => Panel} */
const stat = (title, expr, unit, steps, runbook) => ({
  type: 'stat',
  title,
  targets: [[expr, '']],
  unit,
  steps,
  ...(runbook ? { runbook } : {}),
  width: 4,
  height: 4,
});
/** @type {(title: string, targets: Target[], unit: string, more?: More) => Panel} */
const graph = (title, targets, unit, more = {}) => ({
  type: 'timeseries',
  title,
  targets,
  unit,
  width: 12,
  height: 8,
  ...more,
});
/** @type {(title: string) => Panel} */
const row = (title) => ({ type: 'row', title, width: 24, height: 1 });
/**
 * Green below the first number, orange below the second, then red. `atLeast` reverses the order.
 * @type {(orange: number, red: number) => Step[]}
 */
const upTo = (orange, red) => [
  ['green', null],
  ['orange', orange],
  ['red', red],
];
/** @type {(orange: number, green: number) => Step[]} */
const atLeast = (orange, green) => [
  ['red', null],
  ['orange', orange],
  ['green', green],
];

/** @type {[name: string, title: string, budget: number][]} */
const OBJECTIVES = [
  ['api_availability', 'API availability', 0.001],
  ['acceptance', 'Accepted within 250 ms', 0.01],
  ['job_success', 'Successful jobs', 0.01],
  ['freshness', 'Started within 30 s', 0.01],
  ['webhook_delivery', 'Deliveries on time', 0.01],
];

/** @type {Record<string, Dashboard>} */
const DASHBOARDS = {
  overview: ['Overview', [
    row('Objectives: share of good events over 3 days, and error budget left if 30 days went like this'),
    ...OBJECTIVES.map(([name, title, budget]) => stat(title, `1 - flashcards:${name}:error_ratio_rate3d`, 'percentunit', atLeast(1 - 2 * budget, 1 - budget), `${name.replaceAll('_', '')}burn`)),
    ...OBJECTIVES.map(([name, title, budget]) => stat(`Budget left: ${title}`, `1 - flashcards:${name}:error_ratio_rate3d / ${budget}`, 'percentunit', atLeast(0, 0.5), `${name.replaceAll('_', '')}burn`)),
    row('Now'),
    stat('Workers', `max(${gauge('flashcards_workers')})`, 'none', atLeast(1, 2), 'noworkers'),
    stat('Waiting jobs', `max(${gauge('flashcards_queue_waiting_jobs')})`, 'none', upTo(100, 1_000), 'oldestwait'),
    stat('Oldest wait', `max(${gauge('flashcards_queue_oldest_wait_seconds')})`, 's', upTo(30, 300), 'oldestwait'),
    stat('Redis', `min(${gauge('flashcards_redis_up')})`, 'none', atLeast(1, 1), 'redisdown'),
    stat('Cost in the last hour', 'flashcards:model_cost_usd:increase1h', 'currencyUSD', upTo(1, 10)),
    graph('Requests by route', [[sum('flashcards_http_requests_total', 'route'), '{{route}}']], 'reqps'),
    graph('Failed requests', [[sum('flashcards_http_requests_total', 'route,status_class', 'status_class=~"[45]xx"'), '{{route}} {{status_class}}']], 'reqps', { runbook: 'higherrorrate' }),
    graph('Time to accept a job', quantiles('flashcards_job_accept_duration_seconds'), 's', { runbook: 'acceptanceburn' }),
    graph('Request duration (p95), by route', [[`histogram_quantile(0.95, ${sum('flashcards_http_request_duration_seconds_bucket', 'le,route')})`, '{{route}}']], 's', { runbook: 'highresponsetime' }),
  ]],
  jobs: ['Jobs and queue', [
    graph('Submits by outcome', [[sum('flashcards_jobs_submitted_total', 'outcome'), '{{outcome}}']], 'reqps', { stacked: true }),
    graph('Runs by outcome', [[sum('flashcards_job_runs_total', 'outcome'), '{{outcome}}']], 'reqps', { stacked: true }),
    graph('Waiting and running jobs', [[`max(${gauge('flashcards_queue_waiting_jobs')})`, 'waiting'], [`max(${gauge('flashcards_queue_running_jobs')})`, 'running'], [`max(${gauge('flashcards_worker_slots')})`, 'slots']], 'none', { runbook: 'queuestuck' }),
    graph('Oldest wait', [[`max(${gauge('flashcards_queue_oldest_wait_seconds')})`, 'oldest']], 's', { runbook: 'oldestwait' }),
    graph('Wait until the first run', quantiles('flashcards_job_wait_seconds'), 's', { runbook: 'freshnessburn' }),
    graph('Run duration', quantiles('flashcards_job_run_duration_seconds', 'outcome="completed"'), 's'),
    graph('Failures by code', [[sum('flashcards_job_failures_total', 'code'), '{{code}}']], 'reqps', { runbook: 'jobsfail' }),
    graph('Stalled jobs, and jobs queued again by the sweep', [[`sum(${rate('flashcards_jobs_stalled_total')})`, 'stalled'], [`sum(${rate('flashcards_sweep_requeued_jobs_total')})`, 'queued again by the sweep']], 'reqps', { runbook: 'stallrate' }),
    graph('Running jobs, by worker', [[each('flashcards_jobs_running'), '{{instance}}']], 'none', { stacked: true }),
    graph('Workers', [[`max(${gauge('flashcards_workers')})`, 'running'], [`max(${gauge('flashcards_workers_desired')})`, 'desired']], 'none', { runbook: 'workerstoofew' }),
  ]],
  models: ['Models and cost', [
    graph('Calls by outcome', [[sum('flashcards_model_calls_total', 'outcome'), '{{outcome}}']], 'reqps', { stacked: true, runbook: 'upstreamauth' }),
    graph('Time until the first content', quantiles('flashcards_model_first_content_seconds'), 's'),
    graph('Call duration', quantiles('flashcards_model_call_duration_seconds'), 's'),
    graph('Cost per hour', [['flashcards:model_cost_usd:increase1h', 'US dollars']], 'currencyUSD'),
    graph('Tokens', [[sum('flashcards_model_tokens_total', 'direction'), '{{direction}}']], 'none', { stacked: true }),
    graph('Calls with unknown cost', [[`sum(${rate('flashcards_model_cost_unknown_total')})`, 'unknown']], 'reqps'),
    graph('Cards kept and dropped', [[`sum(${rate('flashcards_cards_kept_total')})`, 'kept'], [`sum(${rate('flashcards_cards_dropped_total')})`, 'dropped']], 'none', { stacked: true, runbook: 'cardsdropped' }),
    graph('Cards dropped, by reason', [[sum('flashcards_cards_dropped_total', 'reason'), '{{reason}}']], 'none', { stacked: true, runbook: 'cardsdropped' }),
  ]],
  webhooks: ['Webhooks', [
    graph('Deliveries by outcome', [[sum('flashcards_deliveries_total', 'outcome'), '{{outcome}}']], 'reqps', { stacked: true }),
    graph('Attempts by reason', [[sum('flashcards_delivery_attempts_total', 'reason'), '{{reason}}']], 'reqps', { stacked: true }),
    graph('Attempt duration', quantiles('flashcards_delivery_attempt_duration_seconds'), 's'),
    graph('Lateness of attempts', quantiles('flashcards_delivery_late_seconds'), 's', { runbook: 'webhookdeliveryburn' }),
    graph('Backlog', [[`max(${gauge('flashcards_delivery_backlog')})`, 'deliveries']], 'none', { runbook: 'webhookbacklog' }),
    graph('Oldest overdue attempt', [[`max(${gauge('flashcards_delivery_overdue_seconds')})`, 'oldest']], 's', { runbook: 'webhookbacklog' }),
    graph('Waits for a slot, by reason', [[sum('flashcards_delivery_waits_total', 'reason'), '{{reason}}']], 'reqps', { stacked: true, runbook: 'webhookdeliveryburn' }),
    graph('URLs disabled in the last hour', [[`sum(increase(${gauge('flashcards_webhook_urls_disabled_total')}[1h]))`, 'URLs']], 'none', { runbook: 'webhookendpointdisabled' }),
  ]],
  tenants: ['Tenants', [
    stat('Highest use of a cost limit', `max(${gauge('flashcards_budget_used_ratio', 'policy="cost-day"')})`, 'percentunit', upTo(0.8, 1), 'budgetnearlyspent'),
    stat('Highest use of a token limit', `max(${gauge('flashcards_budget_used_ratio', 'policy="tokens-day"')})`, 'percentunit', upTo(0.8, 1), 'budgetnearlyspent'),
    stat('Tenants above 80 % of a limit', `sum(max by (policy) (${gauge('flashcards_budget_tenants', 'level="near"')}))`, 'none', upTo(1, 10), 'budgetnearlyspent'),
    stat('Tenants with an exhausted limit', `sum(max by (policy) (${gauge('flashcards_budget_tenants', 'level="exhausted"')}))`, 'none', upTo(1, 10), 'budgetexhausted'),
    stat('Cost today', `sum(max by (tenant) (${gauge('flashcards_tenant_cost_usd_today')}))`, 'currencyUSD', upTo(10, 100)),
    stat('Jobs today', `sum(max by (tenant) (${gauge('flashcards_tenant_jobs_today')}))`, 'none', [['green', null]]),
    graph('Cost today, by tenant (the 50 largest and the rest)', [[`max by (tenant) (${gauge('flashcards_tenant_cost_usd_today')})`, '{{tenant}}']], 'currencyUSD', { stacked: true }),
    graph('Jobs today, by tenant (the 50 largest and the rest)', [[`max by (tenant) (${gauge('flashcards_tenant_jobs_today')})`, '{{tenant}}']], 'none', { stacked: true }),
    graph('Reserved by open jobs, by tenant', [[`max by (tenant) (${gauge('flashcards_tenant_reserved_usd')})`, '{{tenant}}']], 'currencyUSD', { stacked: true }),
    graph('Use of the cost limit, by tenant', [[`(max by (tenant) (${gauge('flashcards_tenant_cost_usd_today')}) + max by (tenant) (${gauge('flashcards_tenant_reserved_usd')})) / max by (tenant) (${gauge('flashcards_tenant_budget_usd')})`, '{{tenant}}']], 'percentunit', { runbook: 'budgetnearlyspent' }),
    graph('Submits refused by limits', [[sum('flashcards_jobs_submitted_total', 'outcome', 'outcome=~"rate_limited|quota_exceeded|budget_exceeded"'), '{{outcome}}']], 'reqps', { stacked: true, runbook: 'submitsratelimited' }),
    graph('Erasures that are not done', [[`max(${gauge('flashcards_erasures_open')})`, 'erasures']], 'none', { runbook: 'erasureopen' }),
    graph('Audit records', [[sum('flashcards_audit_records_total', 'outcome'), '{{outcome}}']], 'reqps', { stacked: true, runbook: 'auditfailed' }),
  ]],
  hosts: ['Redis and processes', [
    graph('Memory used by Redis', [[`max(${gauge('flashcards_redis_memory_used_bytes')})`, 'used']], 'bytes', { runbook: 'redismemoryhigh' }),
    graph('Redis ping time, by replica', [[each('flashcards_redis_ping_seconds'), '{{instance}}']], 's', { runbook: 'redisdown' }),
    graph('Append-only file (1 is good)', [[`min(${gauge('flashcards_redis_aof_ok')})`, 'ok']], 'none', { runbook: 'redisaoferror' }),
    graph('Clock difference from Redis, by replica', [[each('flashcards_clock_skew_seconds'), '{{instance}}']], 's', { runbook: 'clockskew' }),
    graph('CPU, by process', [[`${rate('flashcards_process_cpu_seconds_total', '', ONE)}`, '{{job}} {{instance}}']], 'percentunit'),
    graph('Memory, by process', [[each('flashcards_process_resident_memory_bytes'), '{{job}} {{instance}}']], 'bytes', { runbook: 'highmemory' }),
    graph('Event loop lag (p99), by process', [[each('flashcards_nodejs_eventloop_lag_p99_seconds'), '{{job}} {{instance}}']], 's', { runbook: 'eventlooplag' }),
    graph('Free disk, by replica', [[each('flashcards_disk_free_ratio'), '{{instance}}']], 'percentunit', { runbook: 'disklow' }),
    graph('Requests in progress', [[each('flashcards_http_active_requests'), '{{instance}}']], 'none'),
    graph('Running versions', [[`count by (job, version, node) (${gauge('flashcards_build_info')})`, '{{job}} {{version}} {{node}}']], 'none'),
  ]],
}; // prettier-ignore

/**
 * As Grafana reads it.
 * @param {Panel} panel
 * @param {object} place
 * @param {number} id
 */
function panelOf(panel, place, id) {
  const { type, title } = panel;
  if (panel.type === 'row') return { id, type, title, collapsed: false, gridPos: place, panels: [] };
  const { targets, unit, steps, stacked, runbook } = panel;
  return {
    id,
    type,
    title,
    gridPos: place,
    datasource: { type: 'prometheus', uid: 'prometheus' },
    targets: targets.map(([expr, legendFormat], i) => ({
      refId: String.fromCharCode(65 + i),
      expr,
      legendFormat,
      datasource: { type: 'prometheus', uid: 'prometheus' },
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(steps
          ? { thresholds: { mode: 'absolute', steps: steps.map(([color, value]) => ({ color, value })) } }
          : { min: 0 }),
        ...(stacked ? { custom: { stacking: { mode: 'normal' }, fillOpacity: 20 } } : {}),
      },
      overrides: [],
    },
    ...(runbook ? { links: [{ title: 'Runbook', url: `${RUNBOOKS}#${runbook}`, targetBlank: true }] } : {}),
  };
}

/**
 * Places panels from left to right, and starts a new line when a panel does not fit.
 * @param {Panel[]} panels
 */
function laidOut(panels) {
  let x = 0;
  let y = 0;
  let lineHeight = 0;
  return panels.map((panel, i) => {
    if (x + panel.width > 24) {
      x = 0;
      y += lineHeight;
      lineHeight = 0;
    }
    const place = { x, y, w: panel.width, h: panel.height };
    x += panel.width;
    lineHeight = Math.max(lineHeight, panel.height);
    return panelOf(panel, place, i + 1);
  });
}

/** @type {(name: string, dashboard: Dashboard) => object} */
const dashboardOf = (name, [title, panels]) => ({
  uid: `flashcards-${name}`,
  title: `Flashcards: ${title}`,
  tags: ['flashcards'],
  schemaVersion: 39,
  version: 1,
  editable: false,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  timezone: 'browser',
  links: [{ type: 'dashboards', title: 'Flashcards', tags: ['flashcards'], asDropdown: false, includeVars: true }],
  templating: {
    list: VARIABLES.map(([variable, query]) => ({
      name: variable,
      type: 'query',
      datasource: { type: 'prometheus', uid: 'prometheus' },
      query: { query, refId: variable },
      refresh: 2,
      includeAll: true,
      allValue: '.*',
      multi: true,
      current: { text: 'All', value: '$__all' },
    })),
  },
  panels: laidOut(panels),
});

/** File -> content. */
export const dashboards = () =>
  Object.fromEntries(
    Object.entries(DASHBOARDS).map(([name, dashboard]) => [
      `monitoring/grafana/dashboards/${name}.json`,
      `${JSON.stringify(dashboardOf(name, dashboard), null, 2)}\n`,
    ]),
  );
