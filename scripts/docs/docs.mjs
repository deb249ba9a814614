// npm run docs: writes the OpenAPI document, the client's types and tables, docs/configuration.md, docs/metrics.md, tables
// of other pages, and the dashboards from the code; with --check only says whether they are true.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { format, resolveConfig } from 'prettier';
import { HTTP_ERRORS, JOB_ERRORS } from '../../packages/shared/dist/contract/errors.js';
import { FORMATS } from '../../packages/shared/dist/formats/index.js';
import { KEYS } from '../../packages/shared/dist/store/keys.js';
import { apiSettings } from '../../services/api/dist/config.js';
import { openapiOf } from '../../services/api/dist/docs/openapi.js';
import { createApiMetrics, watchErasures, watchState } from '../../services/api/dist/operations/metrics.js';
import { watchRedis } from '../../services/api/dist/operations/redis-metrics.js';
import { watchTenants } from '../../services/api/dist/operations/tenant-metrics.js';
import { routes } from '../../services/api/dist/routes.js';
import { autoscalerSettings, scaleDoorSettings } from '../../services/autoscaler/dist/config.js';
import { createAutoscalerMetrics } from '../../services/autoscaler/dist/metrics.js';
import { workerSettings } from '../../services/worker/dist/config.js';
import { REASONS } from '../../services/worker/dist/decks/gate/reasons.js';
import { createWorkerMetrics } from '../../services/worker/dist/metrics.js';
import { clientFiles } from './client-types.mjs';
import { dashboards } from './dashboards.mjs';

const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync('services/api/package.json', 'utf8')));

/**
 * A setting as Joi describes it.
 * @typedef {object} Setting
 * @property {string} [type]
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
 * The allowed values: the words of a closed set, or the limits of a number or a length.
 * @param {Setting} setting
 */
function allowed({ type, flags, allow = [], rules = [] }) {
  if (flags?.only) return ` One of ${allow.map(code).join(', ')}.`;
  const limit = (/** @type {string} */ name) => rules.find((rule) => rule.name === name)?.args.limit;
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
      row.services.push(code(service));
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
 * Our own metrics of a service; what Node reports of itself depends on its version.
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
  ['`request_duration_seconds`', '`flashcards_http_request_duration_seconds`; for the time of a job, add `flashcards_job_wait_seconds` and `flashcards_job_run_duration_seconds`'],
  ['`active_connections`', '`flashcards_http_active_requests`'],
]; // prettier-ignore

/** The API's metrics, those of the Redis it stands on, and those of tenants. */
function apiMetrics() {
  const unasked = () => Promise.reject(new Error('nothing is scraped here'));
  const made = createApiMetrics('');
  watchState(made.registry, { queue: unasked, backlog: unasked, streams: () => 0 });
  watchRedis(made.registry, new Redis({ lazyConnect: true }), unasked);
  watchTenants(made.registry, unasked);
  watchErasures(made.registry, unasked);
  return made;
}

/**
 * A page with tables between their marks; the rest of it is written by hand.
 * @type {(file: string, tables: Record<string, string>) => string}
 */
function pageWith(file, tables) {
  return Object.entries(tables).reduce(
    (page, [mark, table]) => {
      const marks = new RegExp(`(?<=<!-- ${mark}: [^\\n]+ -->\\n)[\\s\\S]*(?=<!-- /${mark} -->)`);
      return page.replace(marks, () => `\n${table}\n\n`);
    },
    readFileSync(file, 'utf8'),
  );
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

/** The options of a file, as the document describes them. */
const fileOptions = () =>
  tableOf(
    ['option', 'meaning'],
    (document.paths['/v1/jobs/{id}/cards']?.get?.parameters ?? [])
      .filter(({ in: place, name }) => place === 'query' && !['format', 'after'].includes(name))
      .map(({ name, schema: { type, description = '', maxLength } }) => [
        code(`${name}=${type === 'boolean' ? 'true' : name.toUpperCase()}`),
        `${description}${maxLength ? ` At most ${maxLength} characters.` : ''}`,
      ]),
  );

/** The API's document with the default settings. Which models may be chosen is a deployment's own. */
function openapi() {
  const { keys } = /** @type {{ keys: Record<string, Setting> }} */ (apiSettings.describe());
  const usual = (/** @type {string} */ name) => Number(keys[name]?.flags?.default);
  const endpoints = routes({
    maxTextChars: usual('MAX_TEXT_CHARS'),
    maxCards: usual('MAX_CARDS'),
    models: [],
    webhooks: undefined,
  });
  return /** @type {import('./client-types.mjs').Document} */ (
    JSON.parse(JSON.stringify(openapiOf(endpoints, version)))
  );
}

/** @type {Record<string, import('@flashcards/shared/contract/errors').ErrorRow>} */
const ERRORS = { ...HTTP_ERRORS, ...JOB_ERRORS };
const errors = () =>
  tableOf(
    ['code', 'status', 'title', '`error.retryable`'],
    Object.entries(ERRORS).map(([name, { status, retry, title }]) => [
      `[${code(name)}](#${name})`,
      String(status),
      title,
      name in JOB_ERRORS ? code(String(retry !== 'never')) : '',
    ]),
  );

/**
 * The page with the status of each error at the start of its section. What follows there is written by hand.
 * @param {string} page
 */
function withStatuses(page) {
  const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name);
  const codes = Object.keys(ERRORS);
  const missing = codes.filter((name) => !sections.includes(name));
  const unknown = sections.filter((name) => !codes.includes(name));
  if (missing.length + unknown.length > 0)
    throw new Error(`docs/errors.md needs a section of each code. Missing: ${missing.join(', ') || 'none'}. Without a code: ${unknown.join(', ') || 'none'}.`); // prettier-ignore
  return page.replace(
    /^(## (\w+)\n\n)(?:Status \d+\. )?/gm,
    (_all, heading, /** @type {string} */ name) => `${heading}Status ${ERRORS[name]?.status}. `,
  );
}

/** What a submit is answered, by status; the codes of a status are links to their sections. */
const submitAnswers = () =>
  tableOf(
    ['status', 'when'],
    Object.entries(document.paths['/v1/jobs']?.post?.responses ?? {}).map(([status, { description }]) => [
      status,
      Number(status) < 400 ? description : description.replace(/\w+/g, (name) => `[${code(name)}](errors.md#${name})`),
    ]),
  );

/** @type {Record<string, { only?: string, rule: string }>} */
const REASON_ROWS = REASONS;
const reasons = () =>
  tableOf(
    ['reason', 'cards', 'rule'],
    Object.entries(REASON_ROWS).map(([name, { only, rule }]) => [
      code(name),
      only ? code(only) : 'all',
      rule.replaceAll('&', '&amp;'),
    ]),
  );

/** `job:{id}` is shown as `:job:ID`. */
const shownKey = (/** @type {string} */ key) =>
  code(`:${key.replace(/\{(\w+)\}/g, (_, /** @type {string} */ part) => part.toUpperCase())}`);

const redisKeys = () =>
  tableOf(
    ['key', 'type', 'content', 'lifetime'],
    Object.values(KEYS).map(({ key, type, holds, lives }) => [shownKey(key), type, holds, lives]),
  );

/** @type {(file: string, page: string) => Promise<string>} */
const formatted = async (file, page) => format(page, { ...(await resolveConfig(file)), parser: 'markdown' });

const MADE = '<!-- Made by `npm run docs`: change the code or scripts/docs/docs.mjs, not this file. -->';
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
  'docs/quality.md': pageWith('docs/quality.md', { reasons: reasons() }),
  'docs/architecture.md': await formatted(
    'docs/architecture.md',
    pageWith('docs/architecture.md', { keys: redisKeys() }),
  ),
  'docs/errors.md': await formatted('docs/errors.md', withStatuses(pageWith('docs/errors.md', { errors: errors() }))),
  'docs/api.md': await formatted('docs/api.md', pageWith('docs/api.md', { 'submit-answers': submitAnswers() })),
  'docs/formats.md': await formatted(
    'docs/formats.md',
    pageWith('docs/formats.md', { formats: formats(), options: fileOptions() }),
  ),
  'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'docs/configuration.md': `# Configuration\n\n${MADE}\n\nSettings are environment variables. An empty variable counts as not set. A process with invalid settings names all of them and exits with 78. Give a setting of several services the same value in each.\n\n${settings()}\n\n## \`npm start\`\n\n${start}\n`, // prettier-ignore
  'docs/metrics.md': `# Metrics\n\n${MADE}\n\nEach process serves metrics in Prometheus' text format at \`/metrics\` on its operations port. Every sample has the label \`service\`, and the label \`region\` if \`REGION\` is set. Each process also has metrics of its own state: \`flashcards_process_*\` and \`flashcards_nodejs_*\`.\n\n## API\n\n${metrics(apiMetrics())}\n\n## Worker\n\n${metrics(createWorkerMetrics('', () => 0))}\n\n## Autoscaler\n\n${metrics(createAutoscalerMetrics(''))}\n\n## Names of the old service\n\n${tableOf(['old', 'now'], OLD_NAMES)}\n`, // prettier-ignore
};

for (const [file, page] of Object.entries({ ...PAGES, ...(await clientFiles(document, FORMATS)), ...dashboards() })) {
  if (existsSync(file) && readFileSync(file, 'utf8') === page) continue;
  if (!process.argv.includes('--check')) writeFileSync(file, page);
  else {
    console.error(`${file} is not what the code says: npm run docs`);
    process.exitCode = 1;
  }
}
