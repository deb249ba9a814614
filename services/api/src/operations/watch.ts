import { createTenantReader } from '@flashcards/shared/store/accounts/tenants';
import { createErasureStore } from '@flashcards/shared/store/erasure/erasure-store';
import type { Foundation } from '../foundation';
import { type Gauged, watchErasures, watchState } from './metrics';
import { watchRedis } from './redis-metrics';
import { MAX_TENANTS, watchTenants } from './tenant-metrics';

/** Has each scrape ask what is to be known of the queues, of Redis, of tenants and of erasures. */
export function watchAll(
  { config, metrics: { registry }, redis: { requests } }: Foundation,
  writable: () => Promise<boolean>,
  state: Gauged,
): void {
  watchState(registry, state);
  watchRedis(registry, requests, writable);
  watchErasures(registry, createErasureStore(requests, config.REDIS_PREFIX).count);
  watchTenants(registry, createTenantReader(requests, config.REDIS_PREFIX, MAX_TENANTS));
}
