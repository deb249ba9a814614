// npm run docs: writes the OpenAPI document, the client's types and tables, docs/configuration.md, docs/metrics.md, tables
// of other pages, and the dashboards from the code; with --check only says whether they are true.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';
import { clientFiles } from './client-types.mjs';
import { dashboards } from './dashboards.mjs';

const require = createRequire(import.meta.url);
const { apiSettings } = require('../services/api/dist/config.js');
const { workerSettings } = require('../services/worker/dist/config.js');
const { autoscalerSettings, scaleDoorSettings } = require('../services/autoscaler/dist/config.js');
const { createApiMetrics, watchState } = require('../services/api/dist/operations/metrics.js');
const { watchRedis } = require('../services/api/dist/operations/redis-metrics.js');
const { watchTenants } = require('../services/api/dist/operations/tenant-metrics.js');
const { openapiOf } = require('../services/api/dist/docs/openapi.js');
const { routes } = require('../services/api/dist/routes.js');
const { FORMATS } = require('../packages/shared/dist/formats/index.js');
const { version } = require('../services/api/package.json');
const { createWorkerMetrics } = require('../services/worker/dist/metrics.js');
const { REASONS } = require('../services/worker/dist/decks/gate/reasons.js');
const { KEYS } = require('../packages/shared/dist/store/keys.js');
const { createAutoscalerMetrics } = require('../services/autoscaler/dist/metrics.js');

const code = (value) => `\`${value}\``;
const tableOf = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The allowed values: the words of a closed set, or the limits of a number or a length. */
function allowed({ type, flags, allow, rules = [] }) {
  if (flags?.only) return ` One of ${allow.map(code).join(', ')}.`;
  const limit = (name) => rules.find((rule) => rule.name === name)?.args.limit;
  const words = [limit('min') ?? '', limit('max') ?? ''];
  const unit = type === 'string' ? ' characters' : '';
  return words.join('') && ` ${words[1] === '' ? `At least ${words[0]}` : words.join(' to ')}${unit}.`;
}

const SERVICES = {
  api: apiSettings,
  worker: workerSettings,
  autoscaler: autoscalerSettings,
  'scale-door': scaleDoorSettings,
};

/** One row a setting; where the services agree on default and meaning they share it. */
function settings() {
  const rows = new Map();
  for (const [service, schema] of Object.entries(SERVICES)) {
    for (const [name, described] of Object.entries(schema.describe().keys)) {
      const { presence, default: usual, description } = described.flags;
      const shown = presence === 'required' ? 'required' : usual === undefined || usual === '' ? 'none' : code(usual);
      const file = described.metas?.some(({ secret }) => secret) ? ` Also read from the file in \`${name}_FILE\`.` : '';
      const meaning = `${description}${allowed(described)}${file}`;
      const row = rows.get(name + shown + meaning) ?? [code(name), [], shown, meaning];
      row[1].push(code(service));
      rows.set(name + shown + meaning, row);
    }
  }
  const sorted = [...rows.values()].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return tableOf(['name', 'service', 'default', 'meaning'], sorted.map(([name, services, ...rest]) => [name, services.join(', '), ...rest])); // prettier-ignore
}

/** The unit of a metric stands in its name. */
const UNITS = [
  [/_seconds(_|$)/, 'seconds'],
  [/_bytes(_|$)/, 'bytes'],
  [/_usd(_|$)/, 'US dollars'],
  [/_ratio(_|$)/, 'share of 1'],
  [/_info$|_up$|_ok$/, ''],
  [/_tokens(_|$)/, 'tokens'],
];
const unitOf = (name) => UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 'count';

/** Our own metrics of a service; what Node tells of itself depends on its version. */
function metrics({ registry }) {
  const own = registry.getMetricsAsArray().filter(({ name }) => !/^flashcards_(process|nodejs)_/.test(name));
  const rows = own.map(({ name, type, labelNames, help }) => [
    code(name),
    type,
    labelNames.map(code).join(', '),
    unitOf(name),
    help,
  ]);
  return tableOf(['name', 'type', 'labels', 'unit', 'meaning'], rows);
}

const OLD_NAMES = [
  ['`requests_total`', '`sum(flashcards_http_requests_total)`'],
  ['`request_duration_seconds`', '`flashcards_http_request_duration_seconds`; for the time of a job, add `flashcards_job_wait_seconds` and `flashcards_job_run_duration_seconds`'],
  ['`active_connections`', '`flashcards_http_active_requests`'],
]; // prettier-ignore

/** The API's metrics, those of the Redis it stands on, and those of tenants. */
function apiMetrics() {
  const made = createApiMetrics('');
  watchState(made.registry, {});
  watchRedis(made.registry, undefined);
  watchTenants(made.registry, undefined);
  return made;
}

/** A page with a table between its marks; the rest of it is written by hand. */
function pageWith(file, mark, table) {
  const marks = new RegExp(`(?<=<!-- ${mark}: [^\\n]+ -->\\n)[\\s\\S]*(?=<!-- /${mark} -->)`);
  return readFileSync(file, 'utf8').replace(marks, () => `\n${table}\n\n`);
}

const formats = () =>
  tableOf(
    ['`format`', 'file', 'media type', 'for', 'options'],
    Object.entries(FORMATS).map(([name, { extension, mediaType, use, options }]) => [
      code(name),
      code(`.${extension}`),
      code(mediaType.replace(/;.*/, '')),
      use,
      options.map(code).join(', '),
    ]),
  );

/** The API's document with the default settings. Which models may be chosen is a deployment's own. */
function openapi() {
  const usual = (name) => apiSettings.describe().keys[name].flags.default;
  const endpoints = routes({ maxTextChars: usual('MAX_TEXT_CHARS'), maxCards: usual('MAX_CARDS'), models: [] });
  return JSON.parse(JSON.stringify(openapiOf(endpoints, version)));
}

const reasons = () =>
  tableOf(
    ['reason', 'cards', 'rule'],
    Object.entries(REASONS).map(([name, { only, rule }]) => [
      code(name),
      only ? code(only) : 'all',
      rule.replaceAll('&', '&amp;'),
    ]),
  );

/** `job:{id}` is shown as `:job:ID`. */
const shownKey = (key) => code(`:${key.replace(/\{(\w+)\}/g, (_, part) => part.toUpperCase())}`);

const redisKeys = () =>
  tableOf(
    ['key', 'type', 'content', 'lifetime'],
    Object.values(KEYS).map(({ key, type, holds, lives }) => [shownKey(key), type, holds, lives]),
  );

const formatted = async (file, page) => format(page, { ...(await resolveConfig(file)), parser: 'markdown' });

const MADE = '<!-- Made by `npm run docs`: change the code or scripts/docs.mjs, not this file. -->';
/** What `npm start` chooses where neither `.env` nor the environment does. */
const START = [
  ['`AUTH`', '`open`', 'No API key is needed.'],
  ['`WORKERS`', '`2`', 'Number of worker processes. Only `npm start` has this setting.'],
  ['`DATA_DIR`', '`.data`', 'Folder for logs, secrets and the data of Redis. Only `npm start` has this setting. To run two copies side by side, give the second another `DATA_DIR` and another `PORT`.'],
  ['`REDIS_URL`', 'a new Redis', 'Its data is in `DATA_DIR`.'],
  ['`WEBHOOK_SECRET`', 'a new secret', 'Stored in `DATA_DIR`, in the file `webhook-secret`.'],
  ['`OPS_PORT`', '`9100`', 'If 9100 is in use, the API takes a free port. Workers always take free ports.'],
]; // prettier-ignore

const start = `\`npm start\` reads \`.env\`, too. These are its own defaults:

${tableOf(['setting', 'default', 'meaning'], START)}

\`npm start\` also starts the stand-in, unless \`OPENROUTER_API_KEY\`, its file or \`OPENROUTER_BASE_URL\` is set. The workers then use the stand-in, with \`MODEL\` \`standin/extractive\`. \`npm start -- --logs\` also shows every log line.`;
const document = openapi();
const PAGES = {
  'docs/quality.md': pageWith('docs/quality.md', 'reasons', reasons()),
  'docs/architecture.md': await formatted(
    'docs/architecture.md',
    pageWith('docs/architecture.md', 'keys', redisKeys()),
  ),
  'docs/formats.md': await formatted('docs/formats.md', pageWith('docs/formats.md', 'formats', formats())),
  'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'docs/configuration.md': `# Configuration\n\n${MADE}\n\nSettings are environment variables. An empty variable counts as not set. A process with invalid settings names all of them and exits with 78. Give a setting of several services the same value in each.\n\n${settings()}\n\n## \`npm start\`\n\n${start}\n`, // prettier-ignore
  'docs/metrics.md': `# Metrics\n\n${MADE}\n\nEach process serves metrics in Prometheus' text format at \`/metrics\` on its operations port. Every sample has the label \`service\`, and the label \`region\` if \`REGION\` is set. Each process also has metrics of its own state: \`flashcards_process_*\` and \`flashcards_nodejs_*\`.\n\n## API\n\n${metrics(apiMetrics())}\n\n## Worker\n\n${metrics(createWorkerMetrics('', () => 0))}\n\n## Autoscaler\n\n${metrics(createAutoscalerMetrics(''))}\n\n## Names of the old service\n\n${tableOf(['old', 'now'], OLD_NAMES)}\n`, // prettier-ignore
};

for (const [file, page] of Object.entries({ ...PAGES, ...(await clientFiles(document, FORMATS)), ...dashboards() })) {
  if (existsSync(file) && readFileSync(file, 'utf8') === page) continue;
  if (!process.argv.includes('--check')) writeFileSync(file, page);
  else process.exitCode = console.error(`${file} is not what the code says: npm run docs`) ?? 1;
}
