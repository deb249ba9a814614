import { MAX_RECOVERIES } from '@flashcards/shared/queue/queues';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import type { Span, Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import type { ResultCache } from '@flashcards/shared/store/decks/result-cache';
import type { Run, Store } from '@flashcards/shared/store/jobs/job-store';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { CallFailed } from '../decks/failures';
import type { Generated } from '../decks/generate';
import type { UsageReconciliation } from '../model/usage-reconciliation';
import type { WorkerMetrics } from '../metrics';
import type { QueueAnswer, QueueJob, Work } from './execute';
import { startRun } from './job-trace';
import { CRASHED, type Outcome, outcomeOf } from './outcome';
import { usageOf, writeOutcome } from './record-outcome';
import { type RecordedRun, reportRun } from './report-run';
import type { RunLog, RunLogs } from './run-log';
import { Stopped } from './running';

/** Makes the deck of a run; throws what `outcomeOf` knows. */
export type Process = (run: Run, log: RunLog, signal: AbortSignal) => Promise<Generated>;

export interface GenerateWorkParts {
  readonly store: Store;
  readonly cache: ResultCache;
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
  readonly process: Process;
  /** The same for a job whose worker crashed, in a process of its own. */
  readonly processApart: Process;
  readonly logs: Pick<RunLogs, 'open'>;
  /** Finds out what the stopped calls of a canceled job cost. */
  readonly reconciliation: Pick<UsageReconciliation, 'reconcile'>;
  /** Makes the fleet wait. */
  readonly pause: (ms: number) => Promise<void>;
  /** Makes a span of each run, where traces are on. */
  readonly tracing: Tracing | undefined;
  readonly freed: () => void;
}

export interface StartedRun {
  readonly run: Run;
  readonly log: RunLog;
  readonly span: Span | undefined;
  /** On the clock of `performance.now`. */
  readonly startedAt: number;
}

/** The work of the queue `generate`: one run of a job. */
export const createGenerateWork = (parts: GenerateWorkParts): Work<object, StartedRun, Outcome, RecordedRun> => ({
  name: 'job',
  idOf: ({ id }) => String(id),
  take: (job) => take(parts, job),
  run: (started, stop) => attempt(parts, started, stop),
  record: (started, outcome) => record(parts, started, outcome),
  report: (started, recorded) => reportRun(parts, started, recorded),
  freed: parts.freed,
  answer: (outcome) => answer(parts, outcome),
});

async function take({ store, logs, logger, tracing }: GenerateWorkParts, job: QueueJob): Promise<StartedRun | null> {
  const taken = await store.take(String(job.id));
  if (!taken) return null;
  const startedAt = performance.now();
  const span = tracing && startRun(tracing, taken);
  const run = span ? { ...taken, trace: span.traceparent } : taken;
  const { id, tenant, recoveries, trace } = run;
  if (recoveries > 0) logger.warn('job.recovered', { job_id: id, tenant, recoveries, ...traceFields(trace) });
  return { run, log: logs.open(run), span, startedAt };
}

async function attempt(parts: GenerateWorkParts, { run, log }: StartedRun, stop: AbortController): Promise<Outcome> {
  const left = Math.max(0, run.deadline - redisNow(run.clock));
  const untilDeadline = setTimeout(() => stop.abort(new Stopped('deadline')), left);
  try {
    if (run.recoveries >= MAX_RECOVERIES) return CRASHED;
    const work = run.recoveries > 0 ? parts.processApart : parts.process;
    return { kind: 'completed', generated: await work(run, log, stop.signal) };
  } catch (error) {
    return failedOutcome(parts, run, error, stop.signal);
  } finally {
    clearTimeout(untilDeadline);
    log.close();
  }
}

function failedOutcome(parts: GenerateWorkParts, run: Run, error: unknown, { aborted, reason }: AbortSignal): Outcome {
  const cause: unknown = aborted ? reason : error;
  const call = error instanceof CallFailed ? error : null;
  const outcome = outcomeOf(cause, run, redisNow(run.clock), call?.usage ?? null);
  if (outcome.kind === 'dropped')
    parts.reconciliation.reconcile(run, call?.unbilled ?? { known: run.spent, calls: [] });
  if (outcome.kind === 'retried' && outcome.reason === 'internal')
    parts.logger.error('job.broke', { job_id: run.id, ...traceFields(run.trace), ...errorFields(error) });
  return outcome;
}

/** Writes what the record must say. It refuses another run's end, and a second one. */
async function record(
  parts: GenerateWorkParts,
  { run, log, span, startedAt }: StartedRun,
  outcome: Outcome,
): Promise<RecordedRun> {
  const durationMs = performance.now() - startedAt;
  const written = await writeOutcome(parts, run, outcome, log.rest()).catch((error: unknown) => {
    span?.end('not_written');
    throw error;
  });
  // The job was canceled as the run ended: what it cost is known.
  const usage = written ? null : usageOf(outcome);
  if (usage) parts.reconciliation.reconcile(run, { known: usage, calls: [] });
  return { outcome, kind: written ? outcome.kind : 'refused', durationMs };
}

async function answer({ pause }: GenerateWorkParts, outcome: Outcome): Promise<QueueAnswer> {
  if (outcome.kind === 'retried') return { kind: 'retry', reason: outcome.reason, delayMs: outcome.delayMs };
  if (outcome.kind === 'handed_back' || outcome.kind === 'crashed') return { kind: 'hand_back' };
  if (outcome.kind !== 'paused') return { kind: 'forget' };
  await pause(outcome.delayMs);
  return { kind: 'paused' };
}
