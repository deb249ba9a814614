import { parsePrice } from '@flashcards/shared/contract/cost';
import { PROMPT_VERSION } from '@flashcards/shared/contract/prompt-version';
import { modelsOf } from '@flashcards/shared/contract/settings';
import { createFeed } from '@flashcards/shared/queue/feed';
import { type ResultCache, createResultCache } from '@flashcards/shared/store/decks/result-cache';
import { logEnd } from '@flashcards/shared/store/jobs/ending';
import { type Store, createStore } from '@flashcards/shared/store/jobs/job-store';
import { Notifier } from '@flashcards/shared/store/notifier';
import { readRedisMemory } from '@flashcards/shared/store/redis-memory';
import type { Foundation } from '../foundation';
import { type Jobs, createJobs } from './jobs';
import { LoadShedding } from './load-shedding';

/** The records of jobs, what says that something happened to one, and the results that are cached. */
export interface Records {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly cache: ResultCache;
}

export function openRecords({ config, logger, lifecycle, metrics, redis, failed }: Foundation): Records {
  const retention = { resultSeconds: config.RESULT_SECONDS, failedTextSeconds: config.FAILED_TEXT_SECONDS };
  const store = createStore(redis.requests, config.REDIS_PREFIX, retention, (ended) => {
    metrics.ended.labels(ended.status).inc();
    logEnd(logger, ended);
  });
  const notifier = new Notifier(redis.messages, store.eventsChannel);
  lifecycle.hold('notifier', () => notifier.close());
  const cache = createResultCache(redis.cache, {
    prefix: config.REDIS_PREFIX,
    inStore: !config.CACHE_REDIS_URL,
    resultSeconds: config.RESULT_SECONDS,
    onError: failed('cache'),
  });
  return { store, notifier, cache };
}

export function startJobs({ config, lifecycle, redis, tracing, failed }: Foundation, records: Records): Jobs {
  const { store } = records;
  const prefix = config.REDIS_PREFIX;
  const feed = createFeed(store, { connection: redis.queue, prefix, onError: failed('feed') });
  lifecycle.hold('feed', () => feed.close());
  const loadShedding = new LoadShedding({
    memory: () => readRedisMemory(redis.requests),
    queue: () => store.queue(),
    settings: { maxMemoryShare: config.MAX_REDIS_MEMORY_SHARE, maxWaitSeconds: config.MAX_WAIT_SECONDS },
    onError: failed('load_shedding'),
  });
  lifecycle.hold('load shedding', loadShedding.start());
  const settings = {
    region: config.REGION,
    maxWaiting: config.MAX_WAITING_JOBS,
    maxWaitSeconds: config.MAX_WAIT_SECONDS,
    price: parsePrice(config.MODEL_MAX_PRICE),
    resultSeconds: config.RESULT_SECONDS,
    cacheVersion: `${PROMPT_VERSION} ${modelsOf(config).join(' ')}`,
  };
  return createJobs({ ...records, feed, loadShedding, tracing, settings });
}
