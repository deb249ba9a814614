import { listOf, objectOf } from '@flashcards/shared/runtime/json';
import type { Signals } from './decide';

/** Expression of each signal; `null` is what Prometheus says when nothing was measured. */
const EXPRESSIONS = {
  waiting: 'max(flashcards_queue_waiting_jobs)',
  running: 'max(flashcards_queue_running_jobs)',
  slotsPerWorker: 'max(flashcards_worker_slots) / max(flashcards_workers > 0)',
  arrivalsPerSecond: 'sum(rate(flashcards_jobs_submitted_total{outcome="queued"}[1m]))',
  serviceSeconds:
    'sum(rate(flashcards_job_run_duration_seconds_sum{outcome="completed"}[5m])) / sum(rate(flashcards_job_run_duration_seconds_count{outcome="completed"}[5m]))',
  paused: 'sum(increase(flashcards_job_runs_total{outcome="paused"}[1m]))',
} as const;

const LIMIT_MS = 5_000;
/** Until a run was measured. */
const SERVICE_SECONDS = 10;

/** Reads every signal; throws where Prometheus does not answer or does not know the queue: then nobody may be scaled. */
export async function readSignals(prometheusUrl: string): Promise<Signals> {
  const ask = (name: keyof typeof EXPRESSIONS): Promise<number | null> => valueOf(prometheusUrl, EXPRESSIONS[name]);
  const [waiting, running, slots, arrivals, service, paused] = await Promise.all([
    ask('waiting'),
    ask('running'),
    ask('slotsPerWorker'),
    ask('arrivalsPerSecond'),
    ask('serviceSeconds'),
    ask('paused'),
  ]);
  if (waiting === null || running === null || slots === null)
    throw new Error('no measure of the queue and its workers');
  return {
    waiting,
    running,
    slotsPerWorker: slots,
    arrivalsPerSecond: arrivals ?? 0,
    serviceSeconds: service ?? SERVICE_SECONDS,
    upstreamLimits: (paused ?? 0) > 0,
  };
}

async function valueOf(prometheusUrl: string, expression: string): Promise<number | null> {
  const url = new URL('/api/v1/query', prometheusUrl);
  url.searchParams.set('query', expression);
  const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  const { status, data } = objectOf(await answer.json());
  if (status !== 'success') throw new Error(`Prometheus answered ${answer.status}`);
  const [first] = listOf(objectOf(data)['result']);
  const [, measured = NaN] = listOf(objectOf(first)['value']);
  const value = Number(measured);
  return Number.isFinite(value) ? value : null;
}
