import { randomBytes } from 'node:crypto';
import { Worker } from 'bullmq';
import { GENERATE_QUEUE, LOCK_MS, STALLED_CHECK_MS } from '@flashcards/shared/queue/queues';
import { modelsOf, tracingSettings } from '@flashcards/shared/contract/settings';
import { createFeed } from '@flashcards/shared/queue/feed';
import { Lifecycle, run } from '@flashcards/shared/runtime/lifecycle';
import { createLimitedLog, createLogger, errorFields } from '@flashcards/shared/runtime/logger';
import { startOpsServer } from '@flashcards/shared/runtime/ops-server';
import { connectRedis } from '@flashcards/shared/runtime/redis';
import { hostsOf } from '@flashcards/shared/runtime/request-guard';
import { startTracing } from '@flashcards/shared/runtime/tracing';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { Notifier } from '@flashcards/shared/store/notifier';
import { writeModelProbe } from '@flashcards/shared/store/model-probe';
import { logEnd } from '@flashcards/shared/store/jobs/ending';
import { createResultCache } from '@flashcards/shared/store/decks/result-cache';
import { createDeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { createSecretReader } from '@flashcards/shared/store/keys/webhook-secrets';
import { refuseEviction } from '@flashcards/shared/store/redis-memory';
import { createStore } from '@flashcards/shared/store/jobs/job-store';
import { parseCidrs } from '@flashcards/shared/security/addresses';
import { parsePrice } from '@flashcards/shared/contract/cost';
import { sealingKey } from '@flashcards/shared/security/sealed';
import { secretKey } from '@flashcards/shared/security/webhook-secret';
import type { AllowanceParts } from './model/allowance';
import { openRouterSettings, openSecrets, readWorkerConfig, retryMs } from './config';
import { createDeliver } from './webhooks/deliver';
import { startDeliveries } from './webhooks/deliveries';
import { createExecutor } from './runs/executor';
import { UsageReconciliation } from './model/usage-reconciliation';
import { createWorkerMetrics } from './metrics';
import { createOpenRouter } from './model/openrouter/client';
import { backoff } from './runs/outcome';
import { Heartbeat } from './fleet/heartbeat';
import { createGenerateProcessor } from './runs/generate-processor';
import { RunLogs } from './runs/run-log';
import { Quarantine } from './quarantine/quarantine';
import { startSweep } from './fleet/sweep';
import { createResolve } from './webhooks/resolve';
import { createSafeAgents } from './webhooks/safe-url';
import { createSend } from './webhooks/send';

const PROBE_MS = 60_000;
const PROBE_LIMIT_MS = 10_000;

run(async () => {
  const config = readWorkerConfig();
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'worker', region: config.REGION });
  for (const setting of openSecrets()) logger.warn('config.secret_readable', { setting });
  const lifecycle = new Lifecycle(logger, config.DRAIN_SECONDS + 8);
  lifecycle.listen();
  const tracing = await startTracing(tracingSettings(config, 'worker'), {
    counted: (outcome, spans) => metrics.spans.labels(outcome).inc(spans),
    logger,
  });
  lifecycle.hold('tracing', () => tracing?.close());
  const { REDIS_URL: url, REDIS_PREFIX: prefix, WORKER_CONCURRENCY: slots } = config;
  const limited = createLimitedLog(logger.warn);
  const failed = (what: string) => (error: unknown) => limited(`${what}.failed`, what, errorFields(error));
  const redis = connectRedis(url, 'worker', logger);
  await refuseEviction(redis);
  const cacheRedis = connectRedis(config.CACHE_REDIS_URL ?? url, 'cache', logger);
  const queueRedis = connectRedis(url, 'worker', logger);
  const cache = createResultCache(cacheRedis, {
    prefix,
    inStore: !config.CACHE_REDIS_URL,
    resultSeconds: config.RESULT_SECONDS,
    onError: failed('cache'),
  });
  const retention = { resultSeconds: config.RESULT_SECONDS, failedTextSeconds: config.FAILED_TEXT_SECONDS };
  const store = createStore(redis, prefix, retention, (ended) => {
    metrics.ended.labels(ended.status).inc();
    logEnd(logger, ended);
  });
  const feed = createFeed(store, { connection: queueRedis, prefix, onError: failed('feed') });
  const metrics = createWorkerMetrics(config.REGION, () => executor.running(), tracing !== undefined);
  const openRouter = createOpenRouter(openRouterSettings(config));
  const reconciliation = new UsageReconciliation({ openRouter, store, onError: failed('bills') });
  const extend: AllowanceParts['extend'] = (run, more) => store.extend(run, more);
  const quarantine = new Quarantine(metrics, extend);
  const executor = createExecutor({
    store,
    cache,
    metrics,
    logger,
    tracing,
    work: createGenerateProcessor({
      openRouter,
      metrics,
      tracing,
      allowance: { price: parsePrice(config.MODEL_MAX_PRICE), extend },
    }),
    reconciliation,
    workApart: quarantine.work,
    logs: new RunLogs({ store, metrics, lost: ({ id }) => executor.stop(id, 'lost') }),
    pause: feed.pause,
    ended: () => {
      heartbeat.moved();
      feed.ask();
    },
  });
  const worker = new Worker(GENERATE_QUEUE, executor.execute, {
    connection: connectRedis(url, 'worker', logger),
    prefix,
    concurrency: slots,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    // The record counts crashes; BullMQ only has to bring the job back.
    maxStalledCount: 1_000,
    drainDelay: 5,
    autorun: false,
    settings: { backoffStrategy: (attemptsMade, _type, error) => backoff(attemptsMade, error) },
  });
  worker.on('error', failed('queue'));
  worker.on('active', () => heartbeat.moved());
  worker.on('stalled', () => metrics.stalls.inc());
  worker.on('lockRenewalFailed', (ids: string[]) => ids.forEach((id) => executor.stop(id, 'lost')));
  const cancels = new Notifier(connectRedis(url, 'subscriber', logger), store.cancelChannel);
  cancels.subscribeAll((id) => executor.stop(id, 'canceled'));
  cancels.onReconnect(() => void executor.verify().catch(failed('verify')));

  const deliveries = createDeliveryStore(redis, prefix);
  const allow = parseCidrs(config.WEBHOOK_ALLOW_CIDRS);
  if (!allow.isEmpty) logger.warn('webhooks.inner_ranges_allowed', { cidrs: config.WEBHOOK_ALLOW_CIDRS });
  const ofOpen = config.WEBHOOK_SECRET ? [secretKey(config.WEBHOOK_SECRET)] : [];
  const secretsOf = config.SECRETS_KEY
    ? createSecretReader(createAccessStore(redis, prefix), sealingKey(config.SECRETS_KEY))
    : () => Promise.resolve([]);
  const stopDeliveries = startDeliveries({
    store: deliveries,
    prefix,
    connect: (kind) => connectRedis(url, kind, logger),
    deliver: createDeliver({
      store: deliveries,
      send: createSend(createSafeAgents(allow, createResolve()), config.WEBHOOK_TIMEOUT_SECONDS * 1_000),
      keysOf: (tenant) => (tenant === 'open' ? Promise.resolve(ofOpen) : secretsOf(tenant)),
      metrics,
      logger,
      tracing,
      settings: {
        retryMs: retryMs(config),
        disableMs: config.WEBHOOK_DISABLE_SECONDS * 1_000,
        resultSeconds: config.RESULT_SECONDS,
      },
    }),
    logger,
    onError: failed('deliveries'),
  });

  const id = randomBytes(6).toString('hex');
  const heartbeat = new Heartbeat(store, { id, slots }, () => executor.running());

  lifecycle.hold('redis', () => [redis, cacheRedis, queueRedis].forEach((connection) => connection.disconnect()));
  lifecycle.hold('feed', () => feed.close());
  lifecycle.hold('model', () => openRouter.close());
  lifecycle.hold('bills', () => reconciliation.close());
  lifecycle.hold('suspects', () => quarantine.close());
  lifecycle.hold('cancels', () => cancels.close());
  lifecycle.hold('deliveries', stopDeliveries);
  const probes = { live: () => true, ready: () => !lifecycle.draining && heartbeat.isReady() };
  const opsHost = config.OPS_HOST ?? config.HOST;
  const opsPort = { host: opsHost, port: config.OPS_PORT, hosts: hostsOf(opsHost, config.ALLOWED_HOSTS) };
  const ops = await startOpsServer(opsPort, metrics.registry, probes);
  lifecycle.hold('operations', () => ops.server.close());
  lifecycle.hold('worker', () => drain(worker, () => executor.stopAll('drain'), config.DRAIN_SECONDS));
  lifecycle.hold('presence', () => heartbeat.leave());
  lifecycle.hold('sweep', startSweep({ store, feed, metrics, logger }));
  lifecycle.hold('probe', startProbe());
  await heartbeat.start();
  void worker.run().catch((error: unknown) => logger.error('queue.stopped', errorFields(error)));
  feed.ask();
  logger.info('worker.started', { worker: id, ops_port: ops.port, slots, models: modelsOf(config) });
  lifecycle.ready({ opsUrl: `http://${opsHost}:${ops.port}` });

  function startProbe(): () => void {
    const probe = async (): Promise<void> => {
      const outcome = await openRouter.probe(AbortSignal.timeout(PROBE_LIMIT_MS));
      await writeModelProbe(redis, prefix, outcome);
    };
    const ask = (): void => void probe().catch(failed('probe'));
    ask();
    const timer = setInterval(ask, PROBE_MS);
    return () => clearInterval(timer);
  }
});

/** Takes no new jobs, gives running ones their seconds, then hands them back. */
async function drain(worker: Worker, handBack: () => void, seconds: number): Promise<void> {
  const timer = setTimeout(handBack, seconds * 1_000);
  await worker.close().finally(() => clearTimeout(timer));
}
