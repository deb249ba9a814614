import type { Redis } from 'ioredis';
import { createDeliveryFeed } from '@flashcards/shared/queue/delivery-feed';
import { DELIVERIES_QUEUE, type Post } from '@flashcards/shared/queue/queues';
import type { Logger } from '@flashcards/shared/runtime/logger';
import type { RedisKind } from '@flashcards/shared/runtime/redis';
import type { Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import { parseCidrs } from '@flashcards/shared/security/addresses';
import { type Poster, createDeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { Notifier } from '@flashcards/shared/store/notifier';
import { type WorkerConfig, retryMs } from '../config';
import { type WorkerMetrics, countWaits } from '../metrics';
import { createExecutor } from '../runs/execute';
import { createQueueWorker, drain, startWorker } from '../runs/queue-worker';
import { Running } from '../runs/running';
import { type DueAttempt, createDeliverWork } from './deliver';
import { createResolve } from './resolve';
import { createSafeAgents } from './safe-url';
import { createSend } from './send';
import { createSigningKeys } from './signing-keys';

const CRASHES = 2;
const DRAIN_MS = 3_000;

export interface DeliveriesParts {
  readonly config: WorkerConfig;
  /** The id of this worker. */
  readonly worker: string;
  readonly redis: Redis;
  /** A connection of its own at each call, closed by `stop`. */
  readonly connect: (kind: RedisKind) => Redis;
  readonly metrics: WorkerMetrics;
  readonly tracing: Tracing | undefined;
  readonly logger: Logger;
  readonly onError: (what: string) => (error: unknown) => void;
}

/**
 * Feeds the queue `deliveries` from the outbox and makes its attempts. The outbox keeps what an attempt comes to; BullMQ
 * only keeps it from being lost with its process. Returns how to stop: no new attempts, and those that run longer are
 * handed back.
 */
export function startDeliveries(parts: DeliveriesParts): () => Promise<void> {
  const { config, redis, connect, logger, onError } = parts;
  const { REDIS_PREFIX: prefix } = config;
  const store = createDeliveryStore(redis, prefix);
  const [queueRedis, workerRedis] = [connect('worker'), connect('worker')];
  const feed = createDeliveryFeed(store, {
    connection: queueRedis,
    prefix,
    poster: posterOf(parts),
    onWaits: countWaits(parts.metrics),
    onError: onError('deliveries'),
  });
  const notifier = new Notifier(connect('subscriber'), store.posts);
  notifier.subscribeAll(() => feed.ask());
  const running = new Running<DueAttempt>();
  const work = createDeliverWork({ ...parts, ...wayOut(parts), store, freed: () => feed.ask() });
  const worker = createQueueWorker<Post>({
    queue: DELIVERIES_QUEUE,
    execute: createExecutor(work, { running, logger }),
    connection: workerRedis,
    prefix,
    concurrency: config.WEBHOOK_CONCURRENCY,
    maxStalledCount: CRASHES,
    onError: onError('deliveries'),
  });
  startWorker(worker, logger);
  feed.ask();

  return async () => {
    notifier.close();
    await feed.close();
    await drain(worker, () => running.stopAll('drain'), DRAIN_MS);
    for (const connection of [queueRedis, workerRedis]) connection.disconnect();
  };
}

/** What this process hands on, and what it makes itself. */
const posterOf = ({ worker, config }: DeliveriesParts): Poster => ({
  worker,
  slots: config.WEBHOOK_CONCURRENCY,
  maxPerTenant: config.WEBHOOK_MAX_PER_TENANT,
  maxPerHost: config.WEBHOOK_MAX_PER_HOST,
});

/** How attempts leave this process, by its settings. */
function wayOut({ config, redis, logger }: DeliveriesParts) {
  const allow = parseCidrs(config.WEBHOOK_ALLOW_CIDRS);
  if (!allow.isEmpty) logger.warn('webhooks.inner_ranges_allowed', { cidrs: config.WEBHOOK_ALLOW_CIDRS });
  return {
    send: createSend(createSafeAgents(allow, createResolve()), config.WEBHOOK_TIMEOUT_SECONDS * 1_000),
    keysOf: createSigningKeys(redis, config),
    settings: {
      retryMs: retryMs(config),
      disableMs: config.WEBHOOK_DISABLE_SECONDS * 1_000,
      resultSeconds: config.RESULT_SECONDS,
    },
  };
}
