import { type Job as QueueJob, RateLimitError, WaitingError } from 'bullmq';
import type { Usage } from '@flashcards/shared/contract/deck';
import { fold } from '@flashcards/shared/text/fold';
import { JOB_ERRORS } from '@flashcards/shared/contract/errors';
import { MAX_RECOVERIES } from '@flashcards/shared/queue/queues';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { isRedisAway } from '@flashcards/shared/runtime/redis';
import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Span, Tracing } from '@flashcards/shared/runtime/tracing';
import { type ResultCache, atFolded } from '@flashcards/shared/store/decks/result-cache';
import type { Added } from '@flashcards/shared/store/jobs/log';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import type { Run, Store } from '@flashcards/shared/store/jobs/job-store';
import { CallFailed, type Generated } from '../decks/generate';
import { endRun, startRun } from './job-trace';
import type { UsageReconciliation } from '../model/usage-reconciliation';
import type { WorkerMetrics } from '../metrics';
import { CRASHED, type Outcome, Retry, Stopped, outcomeOf } from './outcome';
import type { RunLog, RunLogs } from './run-log';

export interface ExecutorParts {
  readonly store: Store;
  readonly cache: ResultCache;
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
  /** Does the work of a run; throws what `outcomeOf` knows. */
  readonly work: (run: Run, log: RunLog, signal: AbortSignal) => Promise<Generated>;
  /** The same for a suspect, in a process of its own. */
  readonly workApart: ExecutorParts['work'];
  readonly logs: Pick<RunLogs, 'open'>;
  /** Finds out what the stopped calls of a canceled job cost. */
  readonly reconciliation: Pick<UsageReconciliation, 'reconcile'>;
  /** Makes the fleet wait. */
  readonly pause: (ms: number) => Promise<void>;
  /** Makes a span of each run, where traces are on. */
  readonly tracing: Tracing | undefined;
  /** A slot became free. */
  readonly ended: () => void;
}

interface Held {
  readonly run: Run;
  readonly stop: AbortController;
}

const usageOf = (outcome: Outcome): Usage | null =>
  outcome.kind === 'completed' ? outcome.generated.usage : 'usage' in outcome ? outcome.usage : null;

export type Executor = ReturnType<typeof createExecutor>;

/** Wraps the work of a queue's job: takes it, times it, and turns every way it can end into one state. */
export function createExecutor(parts: ExecutorParts) {
  const { store, metrics, logger } = parts;
  const running = new Map<string, Held>();

  async function execute(job: QueueJob, token?: string): Promise<void> {
    const taken = await store.take(job.id as string);
    if (!taken) return;
    const start = performance.now();
    const span = parts.tracing && startRun(parts.tracing, taken);
    const run = span ? { ...taken, trace: span.traceparent } : taken;
    const log = parts.logs.open(run);
    if (run.recoveries > 0)
      logger.warn('job.recovered', {
        job_id: run.id,
        tenant: run.tenant,
        recoveries: run.recoveries,
        ...traceFields(run.trace),
      });
    const outcome = run.recoveries >= MAX_RECOVERIES ? CRASHED : await attempt(run, log);
    log.close();
    const recorded = recordOutcome(run, outcome, log.rest(), performance.now() - start, span);
    if (span) recorded.catch(() => span.end('not_written'));
    await recorded;
    parts.ended();
    await answerQueue(outcome, job, token);
  }

  async function attempt(run: Run, log: RunLog): Promise<Outcome> {
    const stop = new AbortController();
    const left = Math.max(0, run.deadline - redisNow(run.clock));
    const untilDeadline = setTimeout(() => stop.abort(new Stopped('deadline')), left);
    const held = { run, stop };
    running.set(run.id, held);
    const work = run.recoveries > 0 ? parts.workApart : parts.work;
    try {
      return { kind: 'completed', generated: await work(run, log, stop.signal) };
    } catch (error) {
      const cause: unknown = stop.signal.aborted ? stop.signal.reason : error;
      const call = error instanceof CallFailed ? error : null;
      const outcome = outcomeOf(cause, run, redisNow(run.clock), call?.usage ?? null);
      if (outcome.kind === 'dropped')
        parts.reconciliation.reconcile(run, call?.unbilled ?? { known: run.spent, calls: [] });
      if ('reason' in outcome && outcome.reason === 'internal')
        logger.error('job.broke', { job_id: run.id, ...traceFields(run.trace), ...errorFields(error) });
      return outcome;
    } finally {
      clearTimeout(untilDeadline);
      if (running.get(run.id) === held) running.delete(run.id);
    }
  }

  /** Writes what the record must say; another run's or a second end is refused there. */
  async function recordOutcome(run: Run, outcome: Outcome, rest: Added | null, ms: number, span?: Span): Promise<void> {
    const written = await WRITES[outcome.kind](parts, run, outcome as never, rest);
    const kind = written ? outcome.kind : 'refused';
    // It was canceled as it ended: what it cost is known.
    const usage = written ? null : usageOf(outcome);
    if (usage) parts.reconciliation.reconcile(run, { known: usage, calls: [] });
    metrics.runs.labels(kind).inc();
    if (written && outcome.kind === 'failed') metrics.failures.labels(outcome.code).inc();
    metrics.duration.labels(kind).observe(ms / 1_000, run.trace);
    if (run.run === 1) metrics.wait.labels(kind).observe(run.waitedMs / 1_000, run.trace);
    const fields = { ...about(run, outcome), duration_ms: Math.round(ms), wait_ms: run.waitedMs };
    if (span) endRun(span, kind, fields);
    if (kind === 'completed' || kind === 'handed_back' || kind === 'dropped') logger.info(`job.${kind}`, fields);
    else logger.warn(`job.${kind}`, fields);
  }

  /** BullMQ learns only whether to forget the job, to bring it back, or when. */
  async function answerQueue(outcome: Outcome, job: QueueJob, token?: string): Promise<void> {
    if (outcome.kind === 'retried') throw new Retry(outcome.reason, outcome.delayMs);
    if (outcome.kind === 'paused') {
      await parts.pause(outcome.delayMs);
      throw new RateLimitError();
    }
    if (outcome.kind === 'handed_back' || outcome.kind === 'crashed') {
      await job.moveToWait(token);
      throw new WaitingError();
    }
  }

  function stop(id: string, why: Stopped['why']): void {
    running.get(id)?.stop.abort(new Stopped(why));
  }

  /** Stops what the record says that this worker does not hold any more: a cancel may not have been heard. */
  async function verify(): Promise<void> {
    for (const { run, stop: control } of [...running.values()])
      if (!(await store.holds(run))) control.abort(new Stopped('canceled'));
  }

  return {
    execute: (job: QueueJob, token?: string): Promise<void> =>
      execute(job, token).catch((error: unknown) => rethrow(error, job, logger)),
    stop,
    verify,
    stopAll: (why: Stopped['why']): void => [...running.keys()].forEach((id) => stop(id, why)),
    running: (): number => running.size,
  };
}

type Write<K extends Outcome['kind']> = (
  parts: Pick<ExecutorParts, 'store' | 'cache'>,
  run: Run,
  outcome: Extract<Outcome, { kind: K }>,
  /** Cards that the log does not have yet. */
  rest: Added | null,
) => Promise<boolean>;

const WRITES: { [K in Outcome['kind']]: Write<K> } = {
  completed: complete,
  failed: ({ store }, run, { code, message, usage }, added) => {
    const error = { code, message, retryable: JOB_ERRORS[code].retry !== 'never' };
    return store.finish(run.id, run.run, { status: 'failed', error, usage }, { added });
  },
  retried: ({ store }, run, { usage }, rest) => store.release(run, true, usage, rest),
  paused: ({ store }, run, { usage }, rest) => store.release(run, false, usage, rest),
  handed_back: ({ store }, run, { usage }, rest) => store.release(run, false, usage, rest),
  crashed: ({ store }, run, { alone }, rest) => store.release(run, false, null, rest, alone ? 'alone' : 'among_others'),
  dropped: () => Promise.resolve(true),
};

/** A good result is also kept for who asks the same again, at the offsets of the text without its invisible differences. */
async function complete(
  { store, cache }: Pick<ExecutorParts, 'store' | 'cache'>,
  { id, run, cacheKey, submit }: Run,
  { generated: { result, usage, whole } }: Extract<Outcome, { kind: 'completed' }>,
): Promise<boolean> {
  const keep = whole && cacheKey !== '';
  const kept = keep ? atFolded(result, fold(submit.text, 'key')) : result;
  const byScript = keep && cache.inStore && kept === result;
  const won = await store.finish(id, run, { status: 'completed', result, usage }, byScript ? { cacheKey } : {});
  if (won && keep && !byScript) {
    await cache.put(cacheKey, kept);
    // It may have been erased meanwhile, and the erasure looked for its result too early.
    if (!(await store.has(id))) await cache.remove(cacheKey);
  }
  return won;
}

function about(run: Run, outcome: Outcome): object {
  const fields = {
    job_id: run.id,
    tenant: run.tenant,
    run: run.run,
    attempt: run.attempts,
    recoveries: run.recoveries,
    crashes: run.crashes,
    ...traceFields(run.trace),
  };
  if (outcome.kind === 'completed') {
    const { result, usage } = outcome.generated;
    const { kept, wanted, generated, dropped, model } = result;
    return { ...fields, kept, wanted, generated, dropped, model, ...usage };
  }
  if (outcome.kind === 'failed') return { ...fields, code: outcome.code };
  if (outcome.kind === 'crashed') return { ...fields, alone: outcome.alone };
  return 'reason' in outcome ? { ...fields, reason: outcome.reason } : fields;
}

/** What BullMQ is told on purpose. */
const QUEUE_SIGNALS = [Retry, RateLimitError, WaitingError] as const;

/**
 * Redis away in the middle is no attempt of the job: BullMQ brings it back, and the fence keeps it single. BullMQ keeps
 * the message of what it is thrown, and a message may quote a text: it only ever gets a word.
 */
function rethrow(error: unknown, { id }: QueueJob, logger: Logger): never {
  if (isRedisAway(error)) throw new Retry('redis_away', null);
  if (QUEUE_SIGNALS.some((kind) => error instanceof kind)) throw error;
  logger.error('job.broke', { job_id: id, ...errorFields(error) });
  throw new Retry('internal', null);
}
