import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/** A registry with the process's own metrics; `region` labels everything when it is set. */
export function createRegistry(service: string, region: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(region ? { service, region } : { service });
  collectDefaultMetrics({ register: registry, prefix: 'flashcards_' });
  return registry;
}

/** Seconds, from a cached answer to a slow model. */
export const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300];
