import {
  Counter,
  DURATION_BUCKETS_SECONDS,
  Gauge,
  type Registry,
  createDurations,
  createRegistry,
  oncePerScrape,
  shownFromStart,
  spansCounter,
} from '@flashcards/shared/runtime/metrics';
import { keysOf } from '@flashcards/shared/contract/schema';
import type { Backlog } from '@flashcards/shared/store/deliveries/delivery-store';
import type { QueueState } from '@flashcards/shared/store/jobs/job-store';

import { POOLS } from '../http/shares';

const ACCEPT_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

export type ApiMetrics = ReturnType<typeof createApiMetrics>;

export interface Gauged {
  queue(): Promise<QueueState>;
  backlog(): Promise<Backlog>;
  /** Event streams that are open now. */
  streams(): number;
}

/** What the API counts and times; with `traced` durations name traces. */
export function createApiMetrics(region: string, traced = false) {
  const registry = createRegistry('api', region);
  const registers = [registry];
  return {
    registry,
    audited: auditMetric(registry),
    streamsEnded: streamsEndedMetric(registers),
    requests: new Counter({
      name: 'flashcards_http_requests_total',
      help: 'HTTP requests answered.',
      labelNames: ['method', 'route', 'status_class'],
      registers,
    }),
    duration: createDurations(
      {
        name: 'flashcards_http_request_duration_seconds',
        help: 'Time from the first byte of a request to the last byte of its answer.',
        labelNames: ['method', 'route'],
        buckets: DURATION_BUCKETS_SECONDS,
        registers,
      },
      traced,
    ),
    active: new Gauge({ name: 'flashcards_http_active_requests', help: 'Requests in progress.', registers }),
    ...cardMetrics(registers),
    accepted: createDurations(
      {
        name: 'flashcards_job_accept_duration_seconds',
        help: 'Time to accept a job, from its validated request to its position in the waiting list. The time that the client asked to wait is not included.',
        buckets: ACCEPT_BUCKETS_SECONDS,
        registers,
      },
      traced,
    ),
    ...jobMetrics(registers),
    sharesRefused: shownFromStart(
      new Counter({
        name: 'flashcards_shares_refused_total',
        help: 'Requests refused because their tenant held all of its share of this replica, by policy: streams, waits, reads, lists, files.',
        labelNames: ['policy'],
        registers,
      }),
      keysOf(POOLS),
    ),
    spans: spansCounter(registry),
  };
}

/** What comes of submits here, and which jobs end by a call of this process. */
const jobMetrics = (registers: Registry[]) => ({
  submits: new Counter({
    name: 'flashcards_jobs_submitted_total',
    help: 'Submits by outcome: queued, hit, collapsed, replayed, or the code of the refusal.',
    labelNames: ['outcome'],
    registers,
  }),
  ended: new Counter({
    name: 'flashcards_jobs_ended_total',
    help: 'Jobs that this process ended, by status.',
    labelNames: ['status'],
    registers,
  }),
});

/** What becomes of decks and cards once they are made. */
const cardMetrics = (registers: Registry[]) => ({
  deckFiles: new Counter({
    name: 'flashcards_deck_files_total',
    help: 'Decks downloaded, by format.',
    labelNames: ['format'],
    registers,
  }),
  cardsReviewed: new Counter({
    name: 'flashcards_cards_reviewed_total',
    help: 'Reviews of cards by verdict: accepted, accepted_rewritten, rejected. The share of accepted is the acceptance rate.',
    labelNames: ['verdict'],
    registers,
  }),
  cardsRewritten: new Counter({
    name: 'flashcards_cards_rewritten_total',
    help: 'Changes of the content of cards.',
    registers,
  }),
});

const streamsEndedMetric = (registers: Registry[]): Counter =>
  new Counter({
    name: 'flashcards_event_streams_ended_total',
    help: 'Event streams that ended, by reason: done, hung_up, slow, gone (the job was erased), draining, key_ended (revoked or expired).',
    labelNames: ['reason'],
    registers,
  });

/** Gauges of what is read at each scrape: the queues in Redis, and the streams of this process. */
export function watchState(registry: Registry, read: Gauged): void {
  const registers = [registry];
  new Gauge({
    name: 'flashcards_event_streams_open',
    help: 'Event streams that are open now.',
    registers,
    collect() {
      this.set(read.streams());
    },
  });
  /** Gauges of one look at Redis that serves a whole scrape. */
  const gauges = <State>(look: () => Promise<State>) => {
    const once = oncePerScrape(look);
    return (name: string, help: string, pick: (state: State) => number): Gauge =>
      new Gauge({
        name: `flashcards_${name}`,
        help,
        registers,
        async collect() {
          const state = await once();
          if (state) this.set(pick(state));
          else this.reset();
        },
      });
  };
  const queueGauge = gauges(() => read.queue());
  const backlogGauge = gauges(() => read.backlog());
  queueGauge('queue_waiting_jobs', 'Jobs that wait for a free slot.', (state) => state.waiting);
  queueGauge('queue_running_jobs', 'Jobs that workers have taken and not ended.', (state) => state.running);
  queueGauge('queue_oldest_wait_seconds', 'Age of the oldest waiting job.', (state) => state.oldestWaitMs / 1e3);
  queueGauge('workers', 'Workers with a current heartbeat.', (state) => state.workers);
  queueGauge('worker_slots', 'Jobs that all workers together can run at once.', (state) => state.slots);
  backlogGauge('delivery_backlog', 'Deliveries to webhooks that wait for an attempt.', (backlog) => backlog.deliveries);
  backlogGauge(
    'delivery_overdue_seconds',
    'Lateness of the oldest overdue attempt.',
    (backlog) => backlog.overdueMs / 1e3,
  );
}

/** Those of a job alone are done at once, unless the cache cannot be reached. */
export function watchErasures(registry: Registry, count: () => Promise<number>): void {
  const once = oncePerScrape(count);
  new Gauge({
    name: 'flashcards_erasures_open',
    help: 'Erasures that are not done: their jobs are being erased, or the cache cannot be reached.',
    registers: [registry],
    async collect() {
      const open = await once();
      if (open === undefined) this.reset();
      else this.set(open);
    },
  });
}

const auditMetric = (registry: Registry): Counter =>
  shownFromStart(
    new Counter({
      name: 'flashcards_audit_records_total',
      help: 'Audit records by outcome: written or failed. Failed records are only in the service log.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    ['written', 'failed'],
  );
