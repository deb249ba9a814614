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
    help: 'Jobs that run in this process.',
    registers,
    collect() {
      this.set(runningNow());
    },
  });
  return {
    registry,
    runs: counter('job_runs_total', 'Runs of jobs by how they ended.', 'outcome'),
    failures: counter('job_failures_total', 'Jobs that a worker ended as failed, by error code.', 'code'),
    wait: histogram(
      'job_wait_seconds',
      'Time from the submit to the start of the first run, by how that ended.',
      'outcome',
    ),
    duration: histogram('job_run_duration_seconds', 'Time of a run by how it ended.', 'outcome'),
    calls: counter('model_calls_total', 'Model calls by how they ended.', 'outcome'),
    firstContent: histogram('model_first_content_seconds', 'Time to the first content of a model call.'),
    callDuration: histogram('model_call_duration_seconds', 'Time of a whole model call.'),
    tokens: counter('model_tokens_total', 'Tokens by direction.', 'direction'),
    cost: counter('model_cost_usd_total', 'US dollars that model calls reported.'),
    costUnknown: counter('model_cost_unknown_total', 'Model calls whose cost was not reported.'),
    cardsRead: counter(
      'cards_read_total',
      'Cards in model answers by the step that could read them, or broken.',
      'step',
    ),
    cardsKept: counter('cards_kept_total', 'Cards kept.'),
    cardsDropped: counter('cards_dropped_total', 'Cards dropped by reason.', 'reason'),
    eventsAppended: shownFromStart(
      counter('events_appended_total', 'Events that runs added to the logs of jobs before the end, by type.', 'type'),
      ['card', 'progress'],
    ),
    deliveries: counter('deliveries_total', 'Deliveries to webhooks by what an attempt made of them.', 'outcome'),
    deliveryAttempts: counter('delivery_attempts_total', 'Attempts to deliver by what came of them.', 'reason'),
    deliveryDuration: histogram('delivery_attempt_duration_seconds', 'Time of an attempt by its outcome.', 'outcome'),
    deliveryLate: histogram('delivery_late_seconds', 'Time from when an attempt is due to its start.'),
    urlsDisabled: counter('webhook_urls_disabled_total', 'URLs that get no automatic attempts any more.'),
    stalls: counter('jobs_stalled_total', 'Jobs taken from a worker that did not renew its lock.'),
    sweeps: counter(
      'sweep_requeued_jobs_total',
      'Jobs that nothing would have finished any more, queued again by the sweep.',
    ),
    ended: counter('jobs_ended_total', 'Jobs that this process ended, by their status.', 'status'),
    spans: spansCounter(registry),
  };
}
