import { totalmem } from 'node:os';
import {
  Counter,
  Gauge,
  Histogram,
  type HistogramConfiguration,
  type OpenMetricsContentType,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';
import { cachedFor } from './time';
import { isKept, traceIdOf } from './tracing/traceparent';
import { VERSION } from './version';

export { Counter, Gauge, Histogram, Registry };

interface Observer {
  /** `trace`: the `traceparent` of what took so long. */
  observe(value: number, trace?: string): void;
}

/** A histogram of durations. */
export interface Durations extends Observer {
  labels(...values: string[]): Observer;
}

/** With `exemplars` each bucket names the trace that was last counted in it; without them a trace is not looked at. */
export function createDurations(config: HistogramConfiguration<string>, exemplars: boolean): Durations {
  if (!exemplars) return new Histogram(config);
  // The library refuses them for a registry of Prometheus' text, which merely leaves them out.
  const histogram = new Histogram({ ...config, registers: [], enableExemplars: true });
  for (const registry of config.registers ?? []) registry.registerMetric(histogram);
  const names = config.labelNames ?? [];
  const observer = (values: readonly string[]): Observer => {
    const labels = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
    return {
      observe: (value, trace) =>
        histogram.observe({
          labels,
          value,
          exemplarLabels: trace && isKept(trace) ? { trace_id: traceIdOf(trace) } : {},
        }),
    };
  };
  return { labels: (...values) => observer(values), observe: observer([]).observe };
}

const commonLabels = new WeakMap<Registry, object>();

/** A registry with the process's own metrics; `region` labels everything when it is set. */
export function createRegistry(service: string, region: string): Registry {
  const registry = new Registry();
  const registers = [registry];
  const labels = region ? { service, region } : { service };
  registry.setDefaultLabels(labels);
  commonLabels.set(registry, labels);
  collectDefaultMetrics({ register: registry, prefix: 'flashcards_' });
  new Gauge({
    name: 'flashcards_build_info',
    help: 'Always 1. The labels are the version of the service and of Node.',
    labelNames: ['version', 'node'],
    registers,
  })
    .labels(VERSION, process.version)
    .set(1);
  new Gauge({
    name: 'flashcards_memory_limit_bytes',
    help: 'Memory limit of this process: that of its container, or the memory of the machine.',
    registers,
  }).set(memoryLimit());
  return registry;
}

function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit && limit < totalmem() ? limit : totalmem();
}

/** What became of the spans of a process; 0 of all where traces are off. */
export const spansCounter = (registry: Registry): Counter =>
  new Counter({
    name: 'flashcards_trace_spans_total',
    help: 'Trace spans by outcome: exported, failed (the receiver did not accept them), dropped (the queue was full).',
    labelNames: ['outcome'],
    registers: [registry],
  });

/** Shows a counter's series before anything was counted, so that the first shows as a rise. */
export function shownFromStart(counter: Counter, labels: readonly string[]): Counter {
  for (const label of labels) counter.labels(label).inc(0);
  return counter;
}

/** Seconds, from a cached answer to a slow model. */
export const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300];

/** Longer than a scrape takes, and shorter than from one to the next. */
const SCRAPE_MS = 500;

/** One call of `read` for all metrics of a scrape; undefined where it fails, so that a scrape still shows all others. */
export const oncePerScrape = <T>(read: () => Promise<T>): (() => Promise<T | undefined>) =>
  cachedFor(SCRAPE_MS, () => read().catch(() => undefined));

/** Not ranked against other types: a scraper that takes OpenMetrics at all gets it, for its exemplars. */
const OPEN_METRICS = /^\s*application\/openmetrics-text\s*(;|$)/i;
const NEVER = /;\s*q=0(\.0*)?\s*(;|$)/i;
const takesOpenMetrics = (accept: string): boolean =>
  accept.split(',').some((type) => OPEN_METRICS.test(type) && !NEVER.test(type));

/** The metrics as they are asked for: those with exemplars as OpenMetrics where that is accepted, else Prometheus' text. */
export async function renderMetrics(registry: Registry, accept = ''): Promise<{ type: string; text: string }> {
  const has = registry.getMetricsAsArray().some((metric) => 'enableExemplars' in metric && metric.enableExemplars);
  const shown = has && takesOpenMetrics(accept) ? asOpenMetrics(registry) : registry;
  return { type: shown.contentType, text: await shown.metrics() };
}

/** OpenMetrics names a counter without its `_total`, and the library would rename ours for good: it gets views of them. */
function asOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  open.setDefaultLabels(commonLabels.get(registry) ?? {});
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    if (metric) open.registerMetric(metric instanceof Counter ? (Object.create(metric) as Counter) : metric);
  }
  return open;
}
