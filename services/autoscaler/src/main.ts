import { Lifecycle, run } from '@flashcards/shared/runtime/lifecycle';
import { createLogger, errorFields } from '@flashcards/shared/runtime/logger';
import { startOpsServer } from '@flashcards/shared/runtime/http/ops-server';
import { hostsOf } from '@flashcards/shared/runtime/http/request-guard';
import { readAutoscalerConfig } from './config';
import { changeTo, newMemory, remember, workersDesired } from './decide';
import { createAutoscalerMetrics } from './metrics';
import { readReplicas, writeReplicas } from './scale-client';
import { readSignals } from './signals';

run(async () => {
  const config = readAutoscalerConfig();
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'autoscaler', region: config.REGION });
  const lifecycle = new Lifecycle(logger, 5);
  lifecycle.listen();
  const metrics = createAutoscalerMetrics(config.REGION);
  const rules = {
    min: config.WORKERS_MIN,
    max: config.WORKERS_MAX,
    backlogSeconds: config.BACKLOG_SECONDS,
    callsMax: config.MODEL_CALLS_MAX,
  };
  const cooldown = {
    outMs: config.COOLDOWN_OUT_SECONDS * 1_000,
    inMs: config.COOLDOWN_IN_SECONDS * 1_000,
  };
  let memory = newMemory(Date.now());

  /** One look. What cannot be measured changes nothing. */
  async function look(): Promise<void> {
    const [signals, current] = await Promise.all([readSignals(config.PROMETHEUS_URL), readReplicas(config.SCALE_URL)]);
    const now = Date.now();
    const desired = workersDesired(signals, current, rules);
    metrics.desired.set(desired);
    memory = remember(memory, desired, now, cooldown);
    const next = changeTo(memory, current, now, cooldown);
    if (next === null) return;
    if (!config.DRY_RUN) await writeReplicas(config.SCALE_URL, next);
    memory = { ...memory, changedAt: now };
    logger.info('workers.scaled', { from: current, to: next, dry_run: config.DRY_RUN, ...signals });
  }

  const opsPort = { host: config.HOST, port: config.OPS_PORT, hosts: hostsOf(config.HOST, config.ALLOWED_HOSTS) };
  const ops = await startOpsServer(opsPort, metrics.registry, {
    live: () => true,
    ready: () => !lifecycle.draining,
  });
  lifecycle.hold('operations', () => ops.server.close());
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => logger.warn('look.failed', errorFields(error)))
      .finally(() => (looking = undefined));
  }, config.CHECK_SECONDS * 1_000);
  lifecycle.hold('looks', () => clearInterval(timer));
  logger.info('autoscaler.started', { ops_port: ops.port, dry_run: config.DRY_RUN, ...rules });
  lifecycle.ready();
});
