import { run } from '@flashcards/shared/runtime/lifecycle';
import { startOpsServer, urlOf } from '@flashcards/shared/runtime/http/ops-server';
import { cachedFor, within } from '@flashcards/shared/runtime/time';
import { createUsageStore } from '@flashcards/shared/store/accounts/usage';
import { createCardEdits } from '@flashcards/shared/store/decks/edit-card';
import { createDeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { readWritable } from '@flashcards/shared/store/redis-memory';
import { readApiConfig, submitLimitsOf } from './config';
import { createCards } from './decks/cards';
import { createDeckFiles } from './decks/deck-files';
import { createDocumentation } from './docs/documentation';
import { createFoundation } from './foundation';
import { createApp } from './http/app';
import { portsOf } from './http/ports';
import { Shares, quotasOf } from './http/shares';
import { startServing } from './http/serving';
import { createDeliveries } from './jobs/deliveries';
import { startErasures } from './erasure/start-erasures';
import { openRecords, startJobs } from './jobs/start-jobs';
import { startStreams } from './jobs/start-streams';
import { createAuthenticator } from './keys/authenticator';
import { createAdminApp } from './operations/admin-app';
import { startAudit } from './operations/audit-start';
import { createHealth } from './operations/health';
import { healthParts } from './operations/health-parts';
import { watchAll } from './operations/watch';
import { routes } from './routes';

run(async () => {
  const config = readApiConfig();
  const base = await createFoundation(config);
  const { logger, lifecycle, metrics, tracing } = base;
  const stored = [base.redis.requests, config.REDIS_PREFIX] as const;

  const audit = await startAudit(base);
  const records = openRecords(base);
  const { authenticator, keyRing } = createAuthenticator(base, audit);
  const jobs = startJobs(base, records);
  const listeners = startStreams(base, records, authenticator);
  const deliveryStore = createDeliveryStore(...stored);
  const deckFiles = createDeckFiles();
  lifecycle.hold('deck files', () => deckFiles.close());
  const erasures = startErasures(base, records, jobs, audit);
  const limits = submitLimitsOf(config);
  const endpoints = routes(limits);
  const { document, pages } = createDocumentation(endpoints, limits);

  const cards = createCards(jobs, createCardEdits(...stored, config.RESULT_SECONDS));
  const deliveries = createDeliveries(deliveryStore);
  const usageOf = createUsageStore(...stored);
  const health = createHealth(healthParts(base, records.store));
  const about = { audit, health, metrics, logger, openapi: () => document };
  const deps = { jobs, cards, deckFiles, deliveries, listeners, erasures, usageOf, keyRing, ...about };
  const { clients, operators } = portsOf(config);
  const shares = new Shares({
    quotas: quotasOf(config),
    onRefused: (pool) => metrics.sharesRefused.labels(pool).inc(),
  });
  const app = createApp(deps, endpoints, { ...clients, authenticator, shares, tracing, pages });

  const writable = cachedFor(250, () => within(500, readWritable(...stored), () => new Error('late')));
  watchAll(base, writable, {
    queue: () => records.store.queue(),
    backlog: () => deliveryStore.backlog(),
    streams: () => listeners.count,
  });
  const probes = { live: () => true, ready: () => !lifecycle.draining && writable() };
  const admin = createAdminApp(base, deps, { authenticator, hosts: operators.hosts });
  const ops = await startOpsServer(operators, metrics.registry, probes, admin);
  lifecycle.hold('operations', () => ops.server.close());
  const drain = (): void => [jobs, listeners].forEach((waiting) => waiting.drain());
  const port = await startServing(lifecycle, { ...clients, app, probes, drain });
  logger.info('api.started', { port, ops_port: ops.port, auth: config.AUTH });
  lifecycle.ready({ url: urlOf(clients.host, port), opsUrl: ops.url });
});
