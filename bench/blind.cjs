// Loaded before a service by `npm run bench:observability`, in the rounds without metrics and logs: counters, gauges and
// histograms keep nothing, nothing is sampled, and no line is made. What is left of both in the code is the calls.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const shared = createRequire(join(__dirname, '../packages/shared/package.json'));
/** @typedef {{ prototype: object }} Kind */
const prom = /** @type {Record<'Counter' | 'Gauge' | 'Histogram', Kind> & { collectDefaultMetrics: () => void }} */ (
  shared('prom-client')
);
const logger = /** @type {{ createLogger: () => object }} */ (shared('./dist/runtime/logger.js'));

const nothing = () => undefined;
const child = { inc: nothing, dec: nothing, set: nothing, observe: nothing, remove: nothing };
for (const kind of [prom.Counter, prom.Gauge, prom.Histogram])
  Object.assign(kind.prototype, child, { labels: () => child, startTimer: () => nothing });
prom.collectDefaultMetrics = nothing;
logger.createLogger = () => ({ debug: nothing, info: nothing, warn: nothing, error: nothing, flush: nothing });
