import {
  Counter,
  DURATION_BUCKETS_SECONDS,
  type Durations,
  Gauge,
  createDurations,
  createRegistry,
  shownFromStart,
  spansCounter,
} from '@flashcards/shared/runtime/metrics';
import { keysOf } from '@flashcards/shared/contract/schema';
import type { DeliveryWaits } from '@flashcards/shared/store/deliveries/delivery-store';

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** Every metric of a worker; with `traced` durations name traces. */
export function createWorkerMetrics(region: string, runningNow: () => number, traced = false) {
  const registry = createRegistry('worker', region);
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name: `flashcards_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, ...labelNames: string[]): Durations =>
    createDurations(
      { name: `flashcards_${name}`, help, labelNames, buckets: DURATION_BUCKETS_SECONDS, registers },
      traced,
    );
  new Gauge({
    name: 'flashcards_jobs_running',
    help: 'Jobs running in this process.',
    registers,
    collect() {
      this.set(runningNow());
    },
  });
  const make = { counter, histogram };
  return {
    registry,
    ...runMetrics(make),
    ...modelMetrics(make),
    ...deliveryMetrics(make),
    spans: spansCounter(registry),
  };
}

/** Make metrics of this process. */
interface Makers {
  readonly counter: (name: string, help: string, ...labelNames: string[]) => Counter;
  readonly histogram: (name: string, help: string, ...labelNames: string[]) => Durations;
}

/** Runs of jobs, and the ends that this process writes. */
const runMetrics = ({ counter, histogram }: Makers) => ({
  runs: counter('job_runs_total', 'Runs of jobs by outcome.', 'outcome'),
  failures: counter('job_failures_total', 'Jobs that workers ended as failed, by error code.', 'code'),
  wait: histogram(
    'job_wait_seconds',
    'Time from the submit to the start of the first run, by the outcome of that run.',
    'outcome',
  ),
  duration: histogram('job_run_duration_seconds', 'Duration of runs by outcome.', 'outcome'),
  eventsAppended: shownFromStart(
    counter(
      'events_appended_total',
      'Events that runs appended to job logs before the end of the job, by type.',
      'type',
    ),
    ['card', 'progress'],
  ),
  stalls: counter('jobs_stalled_total', 'Jobs taken from a worker that did not renew its lock.'),
  sweeps: counter('sweep_requeued_jobs_total', 'Stranded jobs that the sweep queued again.'),
  ended: counter('jobs_ended_total', 'Jobs that this process ended, by status.', 'status'),
});

/** Calls of models, and the cards in their answers. */
const modelMetrics = ({ counter, histogram }: Makers) => ({
  calls: counter('model_calls_total', 'Model calls by outcome.', 'outcome'),
  firstContent: histogram('model_first_content_seconds', 'Time until the first content of a model call.'),
  callDuration: histogram('model_call_duration_seconds', 'Duration of whole model calls.'),
  tokens: counter('model_tokens_total', 'Tokens of model calls by direction.', 'direction'),
  cost: counter('model_cost_usd_total', 'US dollars that model calls reported.'),
  costUnknown: counter('model_cost_unknown_total', 'Model calls whose cost was not reported.'),
  cardsRead: counter(
    'cards_read_total',
    'Cards in model answers by the step that could read them; `broken` if none could.',
    'step',
  ),
  cardsKept: counter('cards_kept_total', 'Cards kept by the gate.'),
  cardsDropped: counter('cards_dropped_total', 'Cards dropped by the gate, by reason.', 'reason'),
});

const WAITS: Readonly<Record<keyof DeliveryWaits, true>> = { host: true, tenant: true, slots: true };

/** Counts what a feed left waiting. */
export const countWaits =
  ({ deliveryWaits }: Pick<WorkerMetrics, 'deliveryWaits'>) =>
  (waits: DeliveryWaits): void => {
    for (const reason of keysOf(WAITS)) deliveryWaits.labels(reason).inc(waits[reason]);
  };

/** Attempts to deliver webhooks. */
const deliveryMetrics = ({ counter, histogram }: Makers) => ({
  deliveries: counter('deliveries_total', 'Webhook deliveries by their state after an attempt.', 'outcome'),
  deliveryAttempts: counter('delivery_attempts_total', 'Attempts of webhook deliveries by reason.', 'reason'),
  deliveryDuration: histogram(
    'delivery_attempt_duration_seconds',
    'Duration of delivery attempts by outcome.',
    'outcome',
  ),
  deliveryLate: histogram(
    'delivery_late_seconds',
    "Time from when an attempt is due until it starts, without its wait for its tenant's own share.",
  ),
  deliveryWaits: shownFromStart(
    counter(
      'delivery_waits_total',
      "Times that a due delivery had to wait, by reason. `host` and `tenant`: its tenant's share of the host, or of all slots, is in use. `slots`: no worker has a free one.",
      'reason',
    ),
    keysOf(WAITS),
  ),
  urlsDisabled: counter(
    'webhook_urls_disabled_total',
    'Webhook URLs that were disabled and get no more automatic attempts.',
  ),
});
