import type { StartedAttempt, DeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { deliveryBody, deliveryId } from '@flashcards/shared/contract/delivery';
import type { Post } from '@flashcards/shared/queue/queues';
import type { Logger } from '@flashcards/shared/runtime/logger';
import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Tracing } from '@flashcards/shared/runtime/tracing';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import { jobOf } from '@flashcards/shared/store/jobs/record';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { startDelivery } from '../runs/job-trace';
import type { WorkerMetrics } from '../metrics';
import type { Send } from './send';
import { signatureHeaders } from './sign';
import { type Sent, verdictOf } from './verdict';

export interface DeliverSettings {
  /** Waits before the second and each further automatic attempt. */
  readonly retryMs: readonly number[];
  /** A URL that only failed for so long gets no automatic attempts. */
  readonly disableMs: number;
  readonly resultSeconds: number;
}

export interface DeliverParts {
  readonly store: DeliveryStore;
  readonly send: Send;
  /** The keys to sign with for a tenant: one, or two while a secret is rotated. */
  readonly keysOf: (tenant: string) => Promise<readonly Buffer[]>;
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
  /** Makes a span of each attempt, where traces are on. */
  readonly tracing: Tracing | undefined;
  readonly settings: DeliverSettings;
}

/** The processor of the queue `deliveries`: one attempt to bring the end of a job to its webhook. */
export function createDeliver(parts: DeliverParts) {
  const { store, metrics, settings } = parts;

  return async (post: Post, signal: AbortSignal): Promise<void> => {
    const started = await store.begin(post);
    if (started === 'held') return count(parts, post, 'held');
    if (!started) return count(parts, post, 'dropped');
    const body = started.body || (await store.keepBody(post.id, bodyOf(post.id, started, settings.resultSeconds)));
    if (body === null) return count(parts, post, 'dropped');
    metrics.deliveryLate.observe(started.lateMs / 1_000);

    const startedAt = redisNow(started.clock);
    const start = performance.now();
    const sent = await sendTraced(parts, post, { ...started, body }, signal);
    const durationMs = Math.round(performance.now() - start);
    const verdict = verdictOf(sent, started, settings.retryMs, Math.random());
    const entry = {
      number: post.attempt,
      at: rfc3339(startedAt),
      kind: started.isRedelivery ? ('redelivery' as const) : ('automatic' as const),
      delivered: verdict.outcome === 'delivered',
      status: sent.status,
      duration_ms: durationMs,
      reason: sent.reason,
    };
    const { state, disabledUrl } = await store.end(
      post,
      { ...verdict, reason: sent.reason, entry },
      settings.disableMs,
    );
    if (disabledUrl) reportDisabled(parts, post, started);
    const outcome = state === 'refused' ? 'dropped' : state;
    report(parts, post, { started, sent, durationMs, outcome });
  };
}

const bodyOf = (id: string, { record, type, at }: StartedAttempt, resultSeconds: number): string => {
  const queuePosition = { position: 0, slots: 0, serviceMs: 0, now: 0 };
  return deliveryBody(jobOf({ id, fields: record, queuePosition }, resultSeconds), type, rfc3339(at));
};

/** The attempt as a step of its job's trace, where there are steps. */
async function sendTraced(
  parts: DeliverParts,
  post: Post,
  started: StartedAttempt,
  signal: AbortSignal,
): Promise<Sent> {
  const span = parts.tracing && startDelivery(parts.tracing, post, started);
  if (!span) return sendSigned(parts, post, started, signal);
  try {
    const sent = await sendSigned(parts, post, { ...started, trace: span.traceparent }, signal);
    span.set({ 'http.response.status_code': sent.status ?? undefined });
    span.end(sent.reason === 'ok' ? undefined : sent.reason);
    return sent;
  } catch (error) {
    span.end('interrupted');
    throw error;
  }
}

async function sendSigned(
  { send, keysOf }: DeliverParts,
  { id }: Post,
  started: StartedAttempt,
  signal: AbortSignal,
): Promise<Sent> {
  const keys = await keysOf(started.tenant);
  if (keys.length === 0) return { status: null, reason: 'no_secret', retryAfterMs: null };
  const body = Buffer.from(started.body);
  const now = (): number => redisNow(started.clock);
  const timestamp = Math.floor(now() / 1_000);
  const signed = signatureHeaders({ id: deliveryId(id, started.event), timestamp, body }, keys);
  const headers = started.trace ? { ...signed, traceparent: started.trace } : signed;
  return send({ url: started.url, body, headers, signal, now });
}

type Outcome = 'delivered' | 'pending' | 'failed' | 'held' | 'dropped';

/** `pending` is an attempt that failed and is followed by another. */
function count({ metrics, logger }: DeliverParts, { id, event, host }: Post, outcome: Outcome): void {
  metrics.deliveries.labels(outcome === 'pending' ? 'retried' : outcome).inc();
  if (outcome === 'held')
    logger.warn('delivery.held', { job_id: id, delivery_id: deliveryId(id, event), host, reason: 'url_disabled' });
}

function reportDisabled(
  { metrics, logger }: DeliverParts,
  { id, host }: Post,
  { tenant, trace }: StartedAttempt,
): void {
  metrics.urlsDisabled.inc();
  logger.warn('webhook.disabled', { job_id: id, tenant, host, ...traceFields(trace) });
}

interface AttemptReport {
  readonly started: StartedAttempt;
  readonly sent: Sent;
  readonly durationMs: number;
  readonly outcome: Outcome;
}

function report(
  parts: DeliverParts,
  post: Post,
  { started: begun, sent, durationMs: durationMilliseconds, outcome }: AttemptReport,
): void {
  const { metrics, logger } = parts;
  count(parts, post, outcome);
  metrics.deliveryAttempts.labels(sent.reason).inc();
  metrics.deliveryDuration
    .labels(sent.reason === 'ok' ? 'delivered' : 'failed')
    .observe(durationMilliseconds / 1_000, begun.trace);
  const fields = {
    job_id: post.id,
    delivery_id: deliveryId(post.id, post.event),
    tenant: begun.tenant,
    type: begun.type,
    host: post.host,
    attempt: post.attempt,
    outcome: outcome === 'pending' ? 'retried' : outcome,
    reason: sent.reason,
    status: sent.status,
    duration_ms: durationMilliseconds,
    late_ms: begun.lateMs,
    ...traceFields(begun.trace),
  };
  if (sent.reason === 'ok') logger.info('delivery.completed', fields);
  else logger.warn('delivery.failed', fields);
}
