import type { WorkerMetrics } from './metrics';
import type { Completion } from './model/port';

interface Counts {
  call_completed: {
    readonly completion: Pick<Completion, 'finishReason' | 'usage' | 'firstContentMs' | 'durationMs'>;
    /** The `traceparent` of the call. */
    readonly trace: string | undefined;
  };
  call_failed: { readonly reason: string };
  /** Cards in one answer by the step that could read them, or `broken`. */
  cards_read: { readonly steps: Readonly<Record<string, number>> };
  /** What one run kept and dropped. */
  cards_judged: { readonly kept: number; readonly dropped: Readonly<Record<string, number>> };
  spans: { readonly outcome: string; readonly spans: number };
}
type CountKind = keyof Counts;

/** What is counted while a deck is made. It is plain data: an isolated process sends it to its worker. */
export type Count<K extends CountKind = CountKind> = { [P in K]: { readonly kind: P } & Counts[P] }[K];

/** Counts in the metrics of this process. */
export const countInto =
  (metrics: WorkerMetrics) =>
  <K extends CountKind>(count: Count<K>): void =>
    COUNTERS[count.kind](metrics, count);

const COUNTERS: { readonly [K in CountKind]: (metrics: WorkerMetrics, count: Count<K>) => void } = {
  call_completed(metrics, { completion: { usage, finishReason, firstContentMs, durationMs }, trace }) {
    metrics.calls.labels(finishReason === 'stop' ? 'ok' : finishReason).inc();
    metrics.firstContent.observe(firstContentMs / 1_000, trace);
    metrics.callDuration.observe(durationMs / 1_000, trace);
    metrics.tokens.labels('input').inc(usage.input_tokens);
    metrics.tokens.labels('output').inc(usage.output_tokens);
    if (usage.cost_usd === null) metrics.costUnknown.inc();
    else metrics.cost.inc(usage.cost_usd);
  },
  call_failed: (metrics, { reason }) => metrics.calls.labels(reason).inc(),
  cards_read(metrics, { steps }) {
    for (const [step, cards] of Object.entries(steps)) metrics.cardsRead.labels(step).inc(cards);
  },
  cards_judged(metrics, { kept, dropped }) {
    metrics.cardsKept.inc(kept);
    for (const [reason, cards] of Object.entries(dropped)) metrics.cardsDropped.labels(reason).inc(cards);
  },
  spans: (metrics, { outcome, spans }) => metrics.spans.labels(outcome).inc(spans),
};
