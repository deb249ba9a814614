import { totalmem } from 'node:os';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { VERSION } from './version';

export { Counter, Gauge, Histogram, Registry };

/** A registry with the process's own metrics; `region` labels everything when it is set. */
export function createRegistry(service: string, region: string): Registry {
  const registry = new Registry();
  const registers = [registry];
  registry.setDefaultLabels(region ? { service, region } : { service });
  collectDefaultMetrics({ register: registry, prefix: 'flashcards_' });
  new Gauge({
    name: 'flashcards_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  })
    .labels(VERSION, process.version)
    .set(1);
  new Gauge({
    name: 'flashcards_memory_limit_bytes',
    help: 'What this process may use before it is killed: the limit of its container, or of the machine.',
    registers,
  }).set(memoryLimit());
  return registry;
}

function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit && limit < totalmem() ? limit : totalmem();
}

/** Seconds, from a cached answer to a slow model. */
export const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300];
