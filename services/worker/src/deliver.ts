import type { Begun, DeliveryStore } from '@flashcards/shared/store/deliveries';
import { deliveryBody, deliveryId } from '@flashcards/shared/contract/delivery';
import type { Post } from '@flashcards/shared/contract/queues';
import type { Logger } from '@flashcards/shared/runtime/logger';
import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Tracing } from '@flashcards/shared/runtime/tracing';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import { jobOf } from '@flashcards/shared/store/record';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { startDelivery } from './job-trace';
import type { WorkerMetrics } from './metrics';
import type { Send } from './webhook/send';
import { signatureHeaders } from './webhook/sign';
import { type Sent, verdictOf } from './webhook/verdict';

export interface DeliverSettings {
  /** Waits before the second and each further automatic attempt. */
  readonly retryMilliseconds: readonly number[];
  /** A URL that only failed for so long gets no automatic attempts. */
  readonly disableMilliseconds: number;
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
    const begun = await store.begin(post);
    if (begun === 'held') return count(parts, post, 'held');
    if (!begun) return count(parts, post, 'dropped');
    const body = begun.body || (await store.keepBody(post.id, bodyOf(post.id, begun, settings.resultSeconds)));
    if (body === null) return count(parts, post, 'dropped');
    metrics.deliveryLate.observe(begun.lateMilliseconds / 1_000);

    const startedAt = redisNow(begun.clock);
    const start = performance.now();
    const sent = await sendTraced(parts, post, { ...begun, body }, signal);
    const durationMilliseconds = Math.round(performance.now() - start);
    const verdict = verdictOf(sent, begun, settings.retryMilliseconds, Math.random());
    const entry = {
      number: post.attempt,
      at: rfc3339(startedAt),
      kind: begun.isRedelivery ? ('redelivery' as const) : ('automatic' as const),
      delivered: verdict.outcome === 'delivered',
      status: sent.status,
      duration_ms: durationMilliseconds,
      reason: sent.reason,
    };
    const { state, disabledUrl } = await store.end(
      post,
      { ...verdict, reason: sent.reason, entry },
      settings.disableMilliseconds,
    );
    if (disabledUrl) tellDisabled(parts, post, begun);
    const outcome = state === 'refused' ? 'dropped' : state;
    tell(parts, post, { begun, sent, durationMilliseconds, outcome });
  };
}

const bodyOf = (id: string, { record, type, at }: Begun, resultSeconds: number): string => {
  const place = { position: 0, slots: 0, serviceMilliseconds: 0, now: 0 };
  return deliveryBody(jobOf({ id, fields: record, place }, resultSeconds), type, rfc3339(at));
};

/** The attempt as a step of its job's trace, where there are steps. */
async function sendTraced(parts: DeliverParts, post: Post, begun: Begun, signal: AbortSignal): Promise<Sent> {
  const span = parts.tracing && startDelivery(parts.tracing, post, begun);
  if (!span) return sendSigned(parts, post, begun, signal);
  try {
    const sent = await sendSigned(parts, post, { ...begun, trace: span.traceparent }, signal);
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
  begun: Begun,
  signal: AbortSignal,
): Promise<Sent> {
  const keys = await keysOf(begun.tenant);
  if (keys.length === 0) return { status: null, reason: 'no_secret', retryAfterMilliseconds: null };
  const body = Buffer.from(begun.body);
  const now = (): number => redisNow(begun.clock);
  const timestamp = Math.floor(now() / 1_000);
  const signed = signatureHeaders({ id: deliveryId(id, begun.event), timestamp, body }, keys);
  const headers = begun.trace ? { ...signed, traceparent: begun.trace } : signed;
  return send({ url: begun.url, body, headers, signal, now });
}

type Outcome = 'delivered' | 'pending' | 'failed' | 'held' | 'dropped';

/** `pending` is an attempt that failed and is followed by another. */
function count({ metrics, logger }: DeliverParts, { id, event, host }: Post, outcome: Outcome): void {
  metrics.deliveries.labels(outcome === 'pending' ? 'retried' : outcome).inc();
  if (outcome === 'held')
    logger.warn('delivery.held', { job_id: id, delivery_id: deliveryId(id, event), host, reason: 'url_disabled' });
}

function tellDisabled({ metrics, logger }: DeliverParts, { id, host }: Post, { tenant, trace }: Begun): void {
  metrics.urlsDisabled.inc();
  logger.warn('webhook.disabled', { job_id: id, tenant, host, ...traceFields(trace) });
}

interface Told {
  readonly begun: Begun;
  readonly sent: Sent;
  readonly durationMilliseconds: number;
  readonly outcome: Outcome;
}

function tell(parts: DeliverParts, post: Post, { begun, sent, durationMilliseconds, outcome }: Told): void {
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
    late_ms: begun.lateMilliseconds,
    ...traceFields(begun.trace),
  };
  if (sent.reason === 'ok') logger.info('delivery.completed', fields);
  else logger.warn('delivery.failed', fields);
}
