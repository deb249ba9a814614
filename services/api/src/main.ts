import { join } from 'node:path';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Redis } from 'ioredis';
import { parseCidrs } from '@flashcards/shared/security/addresses';
import { ADMIN_BOUNDS, submitBounds } from '@flashcards/shared/contract/body-bounds';
import { parsePrice } from '@flashcards/shared/contract/cost';
import { modelsOf, tracingSettings } from '@flashcards/shared/contract/settings';
import { FORMATS } from '@flashcards/shared/formats/index';
import { createFeed } from '@flashcards/shared/queue/feed';
import { createAudit } from '@flashcards/shared/runtime/audit';
import { Lifecycle, run } from '@flashcards/shared/runtime/lifecycle';
import { createLimitedLog, createLogger, errorFields } from '@flashcards/shared/runtime/logger';
import { answerProbe, startOpsServer } from '@flashcards/shared/runtime/ops-server';
import { connectRedis } from '@flashcards/shared/runtime/redis';
import { ANY_HOST, hostsOf, namedHosts } from '@flashcards/shared/runtime/request-guard';
import { askedOnce, within } from '@flashcards/shared/runtime/time';
import { startTracing } from '@flashcards/shared/runtime/tracing';
import { VERSION } from '@flashcards/shared/runtime/version';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { Notifier } from '@flashcards/shared/store/notifier';
import { createCardEdits } from '@flashcards/shared/store/decks/edit-card';
import { readModelProbe } from '@flashcards/shared/store/model-probe';
import { logEnd } from '@flashcards/shared/store/jobs/ending';
import { createResultCache } from '@flashcards/shared/store/decks/result-cache';
import { createDeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { createUsageStore } from '@flashcards/shared/store/accounts/usage';
import { createErasureStore } from '@flashcards/shared/store/erasure/erasure-store';
import { readAofOk, readRedisMemory, readWritable, refuseEviction } from '@flashcards/shared/store/redis-memory';
import { createStore } from '@flashcards/shared/store/jobs/job-store';
import { createTenantReader } from '@flashcards/shared/store/accounts/tenants';
import { PROMPT_VERSION } from '@flashcards/shared/contract/prompt-version';
import { adminRoutes } from './operations/admin-routes';
import { createApp } from './http/app';
import { auditRanges, auditStart } from './operations/audit-start';
import { openSecrets, readApiConfig } from './config';
import { createCards } from './decks/cards';
import { createDeckFiles } from './decks/deck-files';
import { createDeliveries } from './jobs/deliveries';
import { createAuthenticator } from './keys/authenticator';
import { createErasures } from './jobs/erasures';
import { createHealth, freeDiskShare, freeMemoryShare } from './operations/health';
import { createJobs } from './jobs/jobs';
import { Listeners } from './jobs/streams';
import { BOARD_PATH } from './http/middleware/serve-board';
import { createApiMetrics } from './operations/metrics';
import { openapiOf } from './docs/openapi';
import { readPages } from './docs/pages';
import { watchRedis } from './operations/redis-metrics';
import { LoadShedding } from './jobs/load-shedding';
import { type OpenapiDocument, referenceHtml } from './docs/reference-html';
import { routes } from './routes';
import { SERVER, listen, stopServing } from './http/serving';
import { MAX_TENANTS, watchTenants } from './operations/tenant-metrics';

run(async () => {
  const config = readApiConfig();
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'api', region: config.REGION });
  for (const setting of openSecrets()) logger.warn('config.secret_readable', { setting });
  const lifecycle = new Lifecycle(logger, config.DRAIN_SECONDS + 5);
  lifecycle.listen();
  const tracing = await startTracing(tracingSettings(config, 'api'), {
    counted: (outcome, spans) => metrics.spans.labels(outcome).inc(spans),
    logger,
  });
  lifecycle.hold('tracing', () => tracing?.close());
  const url = config.REDIS_URL;
  const redis = connectRedis(url, 'request', logger);
  const cacheRedis = connectRedis(config.CACHE_REDIS_URL ?? url, 'cache', logger);
  const limited = createLimitedLog(logger.warn);
  const failed = (what: string) => (error: unknown) => limited(`${what}.failed`, what, errorFields(error));

  const retention = { resultSeconds: config.RESULT_SECONDS, failedTextSeconds: config.FAILED_TEXT_SECONDS };
  const store = createStore(redis, config.REDIS_PREFIX, retention, (ended) => {
    metrics.ended.labels(ended.status).inc();
    logEnd(logger, ended);
  });
  const queueRedis = connectRedis(url, 'request', logger);
  await firstContact([redis, cacheRedis, queueRedis]);
  await refuseEviction(redis);
  const feed = createFeed(store, { connection: queueRedis, prefix: config.REDIS_PREFIX, onError: failed('feed') });
  const notifierRedis = connectRedis(url, 'subscriber', logger);
  const notifier = new Notifier(notifierRedis, store.eventsChannel);
  const models = modelsOf(config);
  const loadShedding = new LoadShedding({
    memory: () => readRedisMemory(redis),
    queue: () => store.queue(),
    settings: { maxMemoryShare: config.MAX_REDIS_MEMORY_SHARE, maxWaitSeconds: config.MAX_WAIT_SECONDS },
    onError: failed('pressure'),
  });
  const jobs = createJobs({
    store,
    feed,
    loadShedding,
    notifier,
    tracing,
    cache: createResultCache(cacheRedis, {
      prefix: config.REDIS_PREFIX,
      inStore: !config.CACHE_REDIS_URL,
      resultSeconds: config.RESULT_SECONDS,
      onError: failed('cache'),
    }),
    settings: {
      region: config.REGION,
      maxWaiting: config.MAX_WAITING_JOBS,
      price: parsePrice(config.MODEL_MAX_PRICE),
      resultSeconds: config.RESULT_SECONDS,
      cacheVersion: `${PROMPT_VERSION} ${models.join(' ')}`,
    },
  });
  const health = createHealth({
    redis: async () => {
      const [{ usedBytes, maxBytes: mostBytes }, aofOk, writable] = await Promise.all([
        readRedisMemory(redis),
        readAofOk(redis),
        readWritable(redis, config.REDIS_PREFIX),
      ]);
      return { memoryShare: usedBytes / Math.max(mostBytes, 1), aofOk, writable };
    },
    maxMemoryShare: config.MAX_REDIS_MEMORY_SHARE,
    queue: () => store.queue(),
    disk: freeDiskShare,
    memory: freeMemoryShare,
    modelProbe: () => readModelProbe(redis, config.REDIS_PREFIX),
  });
  const cards = createCards(jobs, createCardEdits(redis, config.REDIS_PREFIX));
  const deckFiles = createDeckFiles();
  const deliveryStore = createDeliveryStore(redis, config.REDIS_PREFIX);
  const metrics = createApiMetrics(
    config.REGION,
    {
      queue: () => store.queue(),
      backlog: () => deliveryStore.backlog(),
      streams: () => listeners.count,
    },
    tracing !== undefined,
  );
  watchRedis(metrics.registry, redis);
  watchTenants(metrics.registry, createTenantReader(redis, config.REDIS_PREFIX, MAX_TENANTS));
  const listeners: Listeners = new Listeners({
    notifier,
    metrics,
    max: config.MAX_STREAMS,
    isGood: (actor) => !('access' in door) || door.access.isGood(actor),
    read: async (id, tenant, after) => {
      const page = await store.follow(id, tenant, after);
      return typeof page === 'string' ? null : page;
    },
  });
  const allow = parseCidrs(config.WEBHOOK_ALLOW_CIDRS);
  if (!allow.isEmpty) logger.warn('webhooks.inner_ranges_allowed', { cidrs: config.WEBHOOK_ALLOW_CIDRS });
  const limits = { maxTextChars: config.MAX_TEXT_CHARS, maxCards: config.MAX_CARDS, models };
  const endpoints = routes({
    ...limits,
    webhooks: config.AUTH === 'keys' || config.WEBHOOK_SECRET ? allow : undefined,
  });
  const document = JSON.stringify(openapiOf(endpoints, VERSION));
  const audit = createAudit(config.AUDIT_FILE, logger, (outcome) => metrics.audited.labels(outcome).inc());
  const access = createAccessStore(redis, config.REDIS_PREFIX);
  await auditStart(audit, config);
  if (!allow.isEmpty) await auditRanges(audit, config.WEBHOOK_ALLOW_CIDRS);
  const { authenticator: door, keyRing } = createAuthenticator(config, { access, audit, onError: failed('keys') });
  if ('access' in door)
    new Notifier(notifierRedis, access.changes).subscribeAll((id) => {
      door.access.forget(id);
      listeners.keyChanged(id);
    });
  const deliveries = createDeliveries(deliveryStore);
  const usageOf = createUsageStore(redis, config.REDIS_PREFIX);
  const erasures = createErasures({
    store: createErasureStore(redis, config.REDIS_PREFIX),
    eraseJob: (id, tenant) => jobs.eraseIfThere(id, tenant),
    audit,
    onError: failed('erasures'),
  });
  const deps = {
    jobs, cards, deckFiles, listeners, deliveries, usageOf, erasures, audit, health, metrics, logger, keyRing, openapi: () => document,
  }; // prettier-ignore
  const hosts = config.AUTH === 'open' ? namedHosts(config.ALLOWED_HOSTS) : ANY_HOST;
  const opsHost = config.OPS_HOST ?? config.HOST;
  const opsHosts = hostsOf(opsHost, config.ALLOWED_HOSTS);
  const app = createApp(deps, endpoints, {
    trustProxyHops: config.TRUST_PROXY_HOPS,
    bodyBounds: submitBounds(config.MAX_TEXT_CHARS),
    authenticator: door,
    hosts,
    tracing,
    pages: readPages(join(__dirname, 'page'), { ...limits, formats: Object.keys(FORMATS) }, () =>
      referenceHtml(JSON.parse(document) as OpenapiDocument),
    ),
  });
  const admin = createApp(deps, adminRoutes, {
    trustProxyHops: 0,
    bodyBounds: ADMIN_BOUNDS,
    authenticator: door,
    hosts: opsHosts,
    tracing,
    board: async () => {
      const { createBoard } = await import('./operations/board.js');
      const parts = { connection: queueRedis, prefix: config.REDIS_PREFIX, onError: failed('board') };
      return createBoard({ path: BOARD_PATH, ...parts });
    },
  });
  const writable = askedOnce(250, () => within(500, readWritable(redis, config.REDIS_PREFIX), () => new Error('late')));
  const probes = { live: () => true, ready: () => !lifecycle.draining && writable() };

  lifecycle.hold('redis', () => [redis, cacheRedis, queueRedis].forEach((connection) => connection.disconnect()));
  lifecycle.hold('deck files', () => deckFiles.close());
  lifecycle.hold('bell', () => notifier.close());
  lifecycle.hold('feed', () => feed.close());
  lifecycle.hold('pressure', loadShedding.start());
  lifecycle.hold('erasures', erasures.start());
  const ops = await startOpsServer(
    { host: opsHost, port: config.OPS_PORT, hosts: opsHosts },
    metrics.registry,
    probes,
    'access' in door ? admin : undefined,
  );
  lifecycle.hold('operations', () => ops.server.close());
  const server = createServer(SERVER, (request, response) => {
    if (!answerProbe(request, response, probes, hosts)) app(request, response);
  });
  const port = await listen(server, config.HOST, config.PORT);
  lifecycle.hold('http', () => stopServing(server, () => [jobs, listeners].forEach((waiting) => waiting.drain())));
  logger.info('api.started', { port, ops_port: ops.port, auth: config.AUTH });
  lifecycle.ready({
    url: `http://${hostname(config.HOST)}:${port}`,
    opsUrl: `http://${hostname(config.HOST)}:${ops.port}`,
  });
});

/** Gives Redis a moment to be there; without it the API starts all the same, not ready, and recovers by itself. */
async function firstContact(connections: readonly Redis[]): Promise<void> {
  const ready = connections.map((connection) => once(connection, 'ready'));
  await within(2_000, Promise.all(ready), () => new Error('late')).catch(() => undefined);
}

const hostname = (host: string): string => (host.includes(':') ? `[${host}]` : host);
