import { hostname } from 'node:os';
import {
  ROOT_CONTEXT,
  type Span as SdkSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { objectOf } from '../json';
import { isKept, traceIdOf } from './traceparent';
import { within } from '../time';
import type { Span, SpanStart, Tracing, TracingEvents, TracingSettings } from './spans';
import { VERSION } from '../version';

/** Spans that have ended and are not sent yet, some 2 kB each; further ones are dropped. */
const MAX_WAITING = 4_096;
const BATCH = 512;
const GATHER_MS = 1_000;
const EXPORT_MS = 5_000;
const CLOSE_MS = 2_000;
const LOG_MS = 60_000;
const MAX_ATTRIBUTE_CHARS = 256;

/** OpenTelemetry's SDK behind our few words; loaded only where traces go somewhere. */
export function createTracing(settings: TracingSettings & { endpoint: string }, events: TracingEvents): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': `flashcards-${settings.service}`,
      'service.version': VERSION,
      'service.instance.id': `${hostname()}:${process.pid}`,
      ...(settings.region ? { 'flashcards.region': settings.region } : {}),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.share) }),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_CHARS },
    spanProcessors: [boundedBatches(exporterOf(settings), events)],
  });
  const tracer = provider.getTracer('flashcards', VERSION);
  return {
    start: (span) => spanOf(startSpan(tracer, span)),
    close: () => within(CLOSE_MS, provider.shutdown(), () => new Error('late')).catch(() => undefined),
  };
}

const exporterOf = ({ endpoint, headers }: TracingSettings & { endpoint: string }): SpanExporter =>
  new OTLPTraceExporter({
    url: `${endpoint.replace(/(?<!\/)\/+$/, '')}/v1/traces`,
    headers: headersOf(headers ?? ''),
    timeoutMillis: EXPORT_MS,
  });

/** As OpenTelemetry writes headers: `name=value`, separated by commas, each value percent-encoded. */
export function headersOf(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const cut = part.indexOf('=');
      return [part.slice(0, cut).trim(), decodeURIComponent(part.slice(cut + 1).trim())] as const;
    });
  return Object.fromEntries(pairs);
}

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

const contextOf = (traceparent: string): SpanContext => ({
  traceId: traceIdOf(traceparent),
  spanId: traceparent.slice(36, 52),
  traceFlags: isKept(traceparent) ? 1 : 0,
  isRemote: true,
});

function startSpan(tracer: Tracer, { name, kind, parent, link, at, attributes }: SpanStart): SdkSpan {
  const context = parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT;
  const options = {
    kind: KINDS[kind],
    ...(attributes ? { attributes: { ...attributes } } : {}),
    ...(link ? { links: [{ context: contextOf(link) }] } : {}),
    ...(at === undefined ? {} : { startTime: at }),
  };
  return tracer.startSpan(name, options, context);
}

function spanOf(span: SdkSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
    name: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes({ ...attributes }),
    link: (traceparent) => void span.addLink({ context: contextOf(traceparent) }),
    event: (name, attributes, at) => void span.addEvent(name, { ...attributes }, at),
    end(error, at) {
      if (error !== undefined) span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR });
      span.end(at);
    },
  };
}

/** Ended spans go out in batches. Those that wait are bounded with those on their way, so that a receiver which hangs costs no more. */
function boundedBatches(exporter: SpanExporter, events: TracingEvents): SpanProcessor {
  let waiting = 0;
  const lost = createLostLog(events);
  const counting: SpanExporter = {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        waiting -= spans.length;
        if (result.error || Number(result.code) !== 0) lost('failed', spans.length, result.error);
        else events.counted('exported', spans.length);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
  const batches = new BatchSpanProcessor({
    exporter: counting,
    maxQueueSize: MAX_WAITING,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: GATHER_MS,
  });
  return {
    onStart: () => undefined,
    onEnd(span) {
      if (waiting >= MAX_WAITING) return lost('dropped', 1);
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
}

/** Counts lost spans, and says so once a minute at most: in a word, since an error of the library may hold what was sent. */
function createLostLog({ counted, logger }: TracingEvents) {
  let loggedAt = -Infinity;
  let since = { failed: 0, dropped: 0 };
  return (outcome: 'failed' | 'dropped', spans: number, error?: Error): void => {
    counted(outcome, spans);
    since[outcome] += spans;
    if (performance.now() - loggedAt < LOG_MS) return;
    loggedAt = performance.now();
    const { code } = objectOf(error);
    logger.warn('traces.lost', { ...since, ...(code === undefined ? {} : { error_code: code }) });
    since = { failed: 0, dropped: 0 };
  };
}
