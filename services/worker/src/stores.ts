import type { Redis } from 'ioredis';
import { type Feed, createFeed } from '@flashcards/shared/queue/feed';
import type { Logger } from '@flashcards/shared/runtime/logger';
import { type RedisKind, connectRedis } from '@flashcards/shared/runtime/redis';
import { type ResultCache, createResultCache } from '@flashcards/shared/store/decks/result-cache';
import { logEnd } from '@flashcards/shared/store/jobs/ending';
import { type Store, createStore } from '@flashcards/shared/store/jobs/job-store';
import { refuseEviction } from '@flashcards/shared/store/redis-memory';
import type { WorkerConfig } from './config';
import type { WorkerMetrics } from './metrics';

export interface StoresParts {
  readonly config: WorkerConfig;
  readonly connect: (kind: RedisKind) => Redis;
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
  readonly onError: (what: string) => (error: unknown) => void;
}

export interface Stores {
  readonly redis: Redis;
  readonly store: Store;
  readonly cache: ResultCache;
  readonly feed: Feed;
  disconnect(): void;
}

/** What a worker keeps in Redis. Refuses a Redis that would evict it. */
export async function openStores({ config, connect, metrics, logger, onError }: StoresParts): Promise<Stores> {
  const { REDIS_PREFIX: prefix, RESULT_SECONDS: resultSeconds } = config;
  const redis = connect('worker');
  await refuseEviction(redis);
  const cacheRedis = connectRedis(config.CACHE_REDIS_URL ?? config.REDIS_URL, 'cache', logger);
  const queueRedis = connect('worker');
  const inStore = !config.CACHE_REDIS_URL;
  const cache = createResultCache(cacheRedis, { prefix, inStore, resultSeconds, onError: onError('cache') });
  const retention = { resultSeconds, failedTextSeconds: config.FAILED_TEXT_SECONDS };
  const store = createStore(redis, prefix, retention, (ended) => {
    metrics.ended.labels(ended.status).inc();
    logEnd(logger, ended);
  });
  return {
    redis,
    store,
    cache,
    feed: createFeed(store, { connection: queueRedis, prefix, onError: onError('feed') }),
    disconnect: () => [redis, cacheRedis, queueRedis].forEach((connection) => connection.disconnect()),
  };
}
