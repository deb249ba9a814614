import type { Audit } from '@flashcards/shared/runtime/audit';
import { createErasureStore } from '@flashcards/shared/store/erasure/erasure-store';
import { createRewriteStore } from '@flashcards/shared/store/erasure/rewrite-store';
import type { Foundation } from '../foundation';
import { type Erasures, createErasures } from './erasures';
import type { Jobs } from '../jobs/jobs';
import { startRewrites } from './rewrites';
import type { Records } from '../jobs/start-jobs';

/** Erasures of this process, and of those that ended before theirs were done; in Redis and in its append-only file. */
export function startErasures(base: Foundation, { cache }: Records, { eraseIfThere }: Jobs, audit: Audit): Erasures {
  const { config, redis, lifecycle, logger, failed } = base;
  const store = createErasureStore(redis.requests, config.REDIS_PREFIX);
  const erasures = createErasures({ store, cache, eraseJob: eraseIfThere, audit, onError: failed('erasures') });
  lifecycle.hold('erasures', erasures.start());
  const rewrites = createRewriteStore(redis.requests, config.REDIS_PREFIX);
  const seconds = config.ERASED_ON_DISK_SECONDS;
  lifecycle.hold('rewrites', startRewrites({ store: rewrites, seconds, logger, onError: failed('append_only') }));
  return erasures;
}
