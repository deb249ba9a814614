import { createTenantReader } from '@flashcards/shared/store/accounts/tenants';
import type { Foundation } from '../foundation';
import { type Gauged, watchState } from './metrics';
import { watchRedis } from './redis-metrics';
import { MAX_TENANTS, watchTenants } from './tenant-metrics';

/** Has each scrape ask what is to be known of the queues, of Redis and of tenants. */
export function watchAll(
  { config, metrics: { registry }, redis: { requests } }: Foundation,
  writable: () => Promise<boolean>,
  state: Gauged,
): void {
  watchState(registry, state);
  watchRedis(registry, requests, writable);
  watchTenants(registry, createTenantReader(requests, config.REDIS_PREFIX, MAX_TENANTS));
}
