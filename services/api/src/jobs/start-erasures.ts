import type { Audit } from '@flashcards/shared/runtime/audit';
import { createErasureStore } from '@flashcards/shared/store/erasure/erasure-store';
import type { Foundation } from '../foundation';
import { type Erasures, createErasures } from './erasures';
import type { Jobs } from './jobs';
import type { Records } from './start-jobs';

/** Erasures of this process, and of those that ended before theirs were done. */
export function startErasures(base: Foundation, { cache }: Records, { eraseIfThere }: Jobs, audit: Audit): Erasures {
  const store = createErasureStore(base.redis.requests, base.config.REDIS_PREFIX);
  const onError = base.failed('erasures');
  const erasures = createErasures({ store, cache, eraseJob: eraseIfThere, audit, onError });
  base.lifecycle.hold('erasures', erasures.start());
  return erasures;
}
