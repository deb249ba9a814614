// npm run docs: writes docs/configuration.md, docs/metrics.md, the table in docs/quality.md and the dashboards from the
// code; with --check only says whether they are true.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { apiSettings } from '../services/api/dist/config.js';
import { createApiMetrics } from '../services/api/dist/operations/metrics.js';
import { watchRedis } from '../services/api/dist/operations/redis-metrics.js';
import { watchTenants } from '../services/api/dist/operations/tenant-metrics.js';
import { autoscalerSettings, scaleDoorSettings } from '../services/autoscaler/dist/config.js';
import { createAutoscalerMetrics } from '../services/autoscaler/dist/metrics.js';
import { REASONS } from '../services/worker/dist/decks/gate/reasons.js';
import { workerSettings } from '../services/worker/dist/config.js';
import { createWorkerMetrics } from '../services/worker/dist/metrics.js';
import { dashboards } from './dashboards.mjs';

/**
 * A setting as Joi describes it.
 * @typedef {object} Setting
 * @property {{ only?: boolean, presence?: string, default?: string | number | boolean, description?: string }} [flags]
 * @property {(string | number | boolean)[]} [allow]
 * @property {{ name: string, args: { limit?: number } }[]} [rules]
 * @property {{ secret?: boolean }[]} [metas]
 */

/** @param {string | number | boolean} value */
const code = (value) => `\`${value}\``;
/** @type {(head: string[], rows: string[][]) => string} */
const tableOf = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/**
 * What may stand there: the words of a closed set, or the least and the most of a number.
 * @param {Setting} setting
 */
function allowed({ flags, allow = [], rules = [] }) {
  if (flags?.only) return ` One of ${allow.map(code).join(', ')}.`;
  const limit = (/** @type {string} */ name) => rules.find((rule) => rule.name === name)?.args.limit;
  const words = [limit('min') ?? '', limit('max') ?? ''];
  return words.join('') && ` ${words[1] === '' ? `At least ${words[0]}` : words.join(' to ')}.`;
}

const SERVICES = {
  api: apiSettings,
  worker: workerSettings,
  autoscaler: autoscalerSettings,
  'scale-door': scaleDoorSettings,
};

/** One row a setting; where the services agree on default and meaning they share it. */
function settings() {
  /** @type {Map<string, { name: string, services: string[], rest: string[] }>} */
  const rows = new Map();
  for (const [service, schema] of Object.entries(SERVICES)) {
    const { keys } = /** @type {{ keys: Record<string, Setting> }} */ (schema.describe());
    for (const [name, described] of Object.entries(keys)) {
      const { presence, default: usual, description = '' } = described.flags ?? {};
      const shown = presence === 'required' ? 'required' : usual === undefined || usual === '' ? 'none' : code(usual);
      const file = described.metas?.some(({ secret }) => secret) ? ` Also read from the file in \`${name}_FILE\`.` : '';
      const meaning = `${description}${allowed(described)}${file}`;
      const row = rows.get(name + shown + meaning) ?? { name: code(name), services: [], rest: [shown, meaning] };
      row.services.push(service);
      rows.set(name + shown + meaning, row);
    }
  }
  const sorted = [...rows.values()].sort(({ name: a }, { name: b }) => (a < b ? -1 : Number(a > b)));
  const cells = sorted.map(({ name, services, rest }) => [name, services.join(', '), ...rest]);
  return tableOf(['name', 'service', 'default', 'meaning'], cells);
}

/**
 * The unit of a metric stands in its name.
 * @type {[RegExp, string][]}
 */
const UNITS = [
  [/_seconds(_|$)/, 'seconds'],
  [/_bytes(_|$)/, 'bytes'],
  [/_usd(_|$)/, 'US dollars'],
  [/_ratio(_|$)/, 'share of 1'],
  [/_info$|_up$|_ok$/, ''],
  [/_tokens(_|$)/, 'tokens'],
];
/** @param {string} name */
const unitOf = (name) => UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 'count';

/**
 * Our own metrics of a service; what Node tells of itself depends on its version.
 * @param {{ registry: import('@flashcards/shared/runtime/metrics').Registry }} made
 */
function metrics({ registry }) {
  const own = registry.getMetricsAsArray().filter(({ name }) => !/^flashcards_(process|nodejs)_/.test(name));
  /** @type {(metric: object) => string[]} */
  const labelsOf = (metric) =>
    'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
  const rows = own.map((metric) => [
    code(metric.name),
    String(metric.type),
    labelsOf(metric).map(code).join(', '),
    unitOf(metric.name),
    metric.help,
  ]);
  return tableOf(['name', 'type', 'labels', 'unit', 'meaning'], rows);
}

const OLD_NAMES = [
  ['`requests_total`', '`sum(flashcards_http_requests_total)`'],
  ['`request_duration_seconds`', '`flashcards_http_request_duration_seconds`; a job takes `flashcards_job_wait_seconds` and `flashcards_job_run_duration_seconds`'],
  ['`active_connections`', '`flashcards_http_active_requests`'],
]; // prettier-ignore

/** The API's metrics, those of the Redis it stands on, and those of tenants. */
function apiMetrics() {
  const unasked = () => Promise.reject(new Error('nothing is scraped here'));
  const made = createApiMetrics('', { queue: unasked, backlog: unasked, streams: () => 0 });
  watchRedis(made.registry, new Redis({ lazyConnect: true }));
  watchTenants(made.registry, unasked);
  return made;
}

/** docs/quality.md with the gate's table between its marks; the rest of the page is written by hand. */
function quality() {
  /** @type {Record<string, { only?: string, rule: string }>} */
  const reasons = REASONS;
  const rows = Object.entries(reasons).map(([name, { only, rule }]) => [
    code(name),
    only ? code(only) : 'all',
    rule.replaceAll('&', '&amp;'),
  ]);
  const page = readFileSync('docs/quality.md', 'utf8');
  return page.replace(
    /(?<=<!-- reasons: [^\n]+ -->\n)[\s\S]*(?=<!-- \/reasons -->)/,
    `\n${tableOf(['reason', 'cards', 'rule'], rows)}\n\n`,
  );
}

const MADE = '<!-- Made by `npm run docs`: change the code or scripts/docs.mjs, not this file. -->';
const start = '`npm start` reads `.env` too. What is not set there or in the environment it chooses: `AUTH=open`, `WORKERS=2` (worker processes; a setting of its own), `DATA_DIR=.data` (its logs, its secrets and the data of its Redis; its own too: with another one and another `PORT` two run side by side), a Redis, and a `WEBHOOK_SECRET` that it keeps there in `webhook-secret`. Its workers always get `OPS_PORT=0`, and so does the API where 9100 is taken and `OPS_PORT` is not set. Unless `OPENROUTER_API_KEY`, its file or `OPENROUTER_BASE_URL` is set it starts the stand-in, points the workers there, and `MODEL` is `standin/extractive`. `npm start -- --logs` also shows every log line.'; // prettier-ignore
const PAGES = {
  'docs/quality.md': quality(),
  'docs/configuration.md': `# Configuration\n\n${MADE}\n\nSettings are environment variables; an empty one counts as not set. A process with settings that cannot be used names all of them and exits with 78. Settings in both services should have the same value in both.\n\n${settings()}\n\n## \`npm start\`\n\n${start}\n`, // prettier-ignore
  'docs/metrics.md': `# Metrics\n\n${MADE}\n\nEach process serves Prometheus' text format at \`/metrics\` on its operations port. Every sample has the label \`service\`, and \`region\` where \`REGION\` is set. Beside these tables each process tells of itself as \`flashcards_process_*\` and \`flashcards_nodejs_*\`.\n\n## API\n\n${metrics(apiMetrics())}\n\n## Worker\n\n${metrics(createWorkerMetrics('', () => 0))}\n\n## Autoscaler\n\n${metrics(createAutoscalerMetrics(''))}\n\n## Names of the old service\n\n${tableOf(['old', 'now'], OLD_NAMES)}\n`, // prettier-ignore
};

for (const [file, page] of Object.entries({ ...PAGES, ...dashboards() })) {
  if (existsSync(file) && readFileSync(file, 'utf8') === page) continue;
  if (!process.argv.includes('--check')) writeFileSync(file, page);
  else {
    console.error(`${file} is not what the code says: npm run docs`);
    process.exitCode = 1;
  }
}
