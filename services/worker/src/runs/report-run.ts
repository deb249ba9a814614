import type { Logger } from '@flashcards/shared/runtime/logger';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import type { Attributes, Span } from '@flashcards/shared/runtime/tracing/tracing';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { WorkerMetrics } from '../metrics';
import { endRun } from './job-trace';
import type { Outcome, OutcomeKind } from './outcome';

/** How a run ended, and whether its record took that. */
export interface RecordedRun {
  readonly outcome: Outcome;
  readonly kind: OutcomeKind | 'refused';
  readonly durationMs: number;
}

interface ReportParts {
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
}

const EXPECTED: ReadonlySet<RecordedRun['kind']> = new Set(['completed', 'handed_back', 'dropped']);

/** One count, one line and one span for each run, whichever way it ended. */
export function reportRun(
  { metrics, logger }: ReportParts,
  { run, span }: { readonly run: Run; readonly span: Span | undefined },
  { outcome, kind, durationMs }: RecordedRun,
): void {
  metrics.runs.labels(kind).inc();
  if (kind === 'failed' && outcome.kind === 'failed') metrics.failures.labels(outcome.code).inc();
  metrics.duration.labels(kind).observe(durationMs / 1_000, run.trace);
  if (run.run === 1) metrics.wait.labels(kind).observe(run.waitedMs / 1_000, run.trace);
  const fields = {
    ...runFields(run),
    ...outcomeFields(outcome),
    duration_ms: Math.round(durationMs),
    wait_ms: run.waitedMs,
  };
  if (span) endRun(span, kind, fields);
  logger[EXPECTED.has(kind) ? 'info' : 'warn'](`job.${kind}`, fields);
}

const runFields = ({ id, tenant, run, attempts, recoveries, crashes, trace }: Run): Attributes => ({
  job_id: id,
  tenant,
  run,
  attempt: attempts,
  recoveries,
  crashes,
  ...traceFields(trace),
});

const FIELDS: { readonly [K in OutcomeKind]: (outcome: Outcome<K>) => object } = {
  completed: ({ generated: { result, usage } }) => {
    const { kept, wanted, generated, dropped, model } = result;
    return { kept, wanted, generated, dropped, model, ...usage };
  },
  failed: ({ code }) => ({ code }),
  retried: ({ reason }) => ({ reason }),
  paused: ({ reason }) => ({ reason }),
  dropped: ({ reason }) => ({ reason }),
  crashed: ({ alone, exit }) => ({ alone, exit }),
  handed_back: () => ({}),
};

const outcomeFields = <K extends OutcomeKind>(outcome: Outcome<K>): object => FIELDS[outcome.kind](outcome);
