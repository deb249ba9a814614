import { randomBytes } from 'node:crypto';
import { modelsOf, tracingSettings } from '@flashcards/shared/contract/settings';
import { LOCK_MS } from '@flashcards/shared/queue/queues';
import { Lifecycle, run } from '@flashcards/shared/runtime/lifecycle';
import { createLimitedLog, createLogger, errorFields } from '@flashcards/shared/runtime/logger';
import { startOpsServer } from '@flashcards/shared/runtime/http/ops-server';
import { type RedisKind, connectRedis } from '@flashcards/shared/runtime/redis';
import { hostsOf } from '@flashcards/shared/runtime/http/request-guard';
import { startTracing } from '@flashcards/shared/runtime/tracing/tracing';
import { startWatchdog } from '@flashcards/shared/runtime/watchdog/watchdog';
import { type ModelProbe, writeModelProbe } from '@flashcards/shared/store/model-probe';
import { openRouterSettings, openSecrets, readWorkerConfig } from './config';
import { countInto } from './counts';
import { Heartbeat } from './fleet/heartbeat';
import { startSweep } from './fleet/sweep';
import { createWorkerMetrics } from './metrics';
import { createOpenRouter } from './model/openrouter/client';
import { startProbe } from './model/probe';
import { UsageReconciliation } from './model/usage-reconciliation';
import { Quarantine } from './quarantine/quarantine';
import { createGenerateQueue } from './runs/generate-queue';
import type { StartedRun } from './runs/generate-work';
import { Running } from './runs/running';
import { openStores } from './stores';
import { startDeliveries } from './webhooks/deliveries';

run(async () => {
  const config = readWorkerConfig();
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'worker', region: config.REGION });
  // By then the locks of its jobs have ended.
  startWatchdog({ limitMs: LOCK_MS, service: 'worker', region: config.REGION });
  for (const setting of openSecrets()) logger.warn('config.secret_readable', { setting });
  const limited = createLimitedLog(logger.warn);
  const onError = (what: string) => (error: unknown) => limited(`${what}.failed`, what, errorFields(error));
  const connect = (kind: RedisKind) => connectRedis(config.REDIS_URL, kind, logger);
  const lifecycle = new Lifecycle(logger, config.DRAIN_SECONDS + 8);
  lifecycle.listen();
  const worker = { id: randomBytes(6).toString('hex'), slots: config.WORKER_CONCURRENCY };

  const running = new Running<StartedRun>();
  const traces = tracingSettings(config, 'worker');
  const metrics = createWorkerMetrics(config.REGION, () => running.size, Boolean(traces.endpoint));
  const tracing = await startTracing(traces, {
    counted: (outcome, spans) => metrics.spans.labels(outcome).inc(spans),
    logger,
  });
  lifecycle.hold('tracing', () => tracing?.close());
  const base = { config, connect, metrics, tracing, logger, onError };
  const { redis, store, cache, feed, disconnect } = await openStores(base);
  lifecycle.hold('redis', disconnect);
  lifecycle.hold('feed', () => feed.close());
  const model = createOpenRouter(openRouterSettings(config));
  lifecycle.hold('model', () => model.close());
  const reconciliation = new UsageReconciliation({ model, store, onError: onError('usage') });
  lifecycle.hold('usage_reconciliation', () => reconciliation.close());
  const quarantine = new Quarantine({ count: countInto(metrics), extend: (job, more) => store.extend(job, more) });
  lifecycle.hold('quarantine', () => quarantine.close());
  const heartbeat = new Heartbeat(store, worker, () => running.size);
  const jobs = createGenerateQueue({
    ...base, store, cache, feed, model, reconciliation, quarantine, heartbeat, running,
  }); // prettier-ignore
  lifecycle.hold('cancels', () => jobs.close());
  lifecycle.hold('deliveries', startDeliveries({ ...base, redis, worker: worker.id }));
  const host = config.OPS_HOST ?? config.HOST;
  const probes = { live: () => true, ready: () => !lifecycle.draining && heartbeat.isReady() };
  const opsPort = { host, port: config.OPS_PORT, hosts: hostsOf(host, config.ALLOWED_HOSTS) };
  const ops = await startOpsServer(opsPort, metrics.registry, probes);
  lifecycle.hold('operations', () => ops.server.close());
  lifecycle.hold('worker', () => jobs.drain());
  lifecycle.hold('heartbeat', () => heartbeat.leave());
  lifecycle.hold('sweep', startSweep({ store, feed, metrics, logger }));
  const write = (probe: ModelProbe) => writeModelProbe(redis, config.REDIS_PREFIX, probe);
  lifecycle.hold('probe', startProbe({ model, write, onError: onError('probe') }));
  await heartbeat.start();
  jobs.start();
  const { id, slots } = worker;
  logger.info('worker.started', { worker: id, ops_port: ops.port, slots, models: modelsOf(config) });
  lifecycle.ready({ opsUrl: ops.url });
});
