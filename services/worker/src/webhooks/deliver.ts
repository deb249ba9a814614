import type { StartedAttempt, DeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { deliveryBody, deliveryId } from '@flashcards/shared/contract/delivery';
import type { Post } from '@flashcards/shared/queue/queues';
import type { Logger } from '@flashcards/shared/runtime/logger';
import type { Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import { jobOf } from '@flashcards/shared/store/jobs/record';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { startDelivery } from '../runs/job-trace';
import type { Work } from '../runs/execute';
import type { WorkerMetrics } from '../metrics';
import { type RecordedAttempt, type SentAttempt, reportAttempt } from './report-attempt';
import type { Send } from './send';
import { signatureHeaders } from './sign';
import { type Sent, isUnanswered, verdictOf } from './verdict';

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
  readonly freed: () => void;
}

/** What the outbox says about an attempt that is due. */
export interface DueAttempt {
  readonly post: Post;
  readonly due: StartedAttempt | 'held' | null;
}

type Outcome = { readonly kind: 'held' | 'dropped' | 'handed_back' } | SentAttempt;

/** The work of the queue `deliveries`: one attempt to bring the end of a job to its webhook. */
export const createDeliverWork = (parts: DeliverParts): Work<Post, DueAttempt, Outcome, RecordedAttempt> => ({
  name: 'delivery',
  idOf: ({ data }) => data.id,
  take: ({ data: post }) => parts.store.begin(post).then((due) => ({ post, due })),
  run: (taken, { signal }) => attempt(parts, taken, signal),
  record: ({ post }, outcome) => record(parts, post, outcome),
  report: ({ post }, recorded) => reportAttempt(parts, post, recorded),
  freed: parts.freed,
  answer: ({ kind }) => ({ kind: kind === 'handed_back' ? 'hand_back' : 'forget' }),
});

async function attempt(parts: DeliverParts, { post, due }: DueAttempt, signal: AbortSignal): Promise<Outcome> {
  if (due === 'held') return { kind: 'held' };
  const body = due && (due.body || (await parts.store.keepBody(post.id, bodyOf(parts, post.id, due))));
  // The job was erased meanwhile.
  if (!due || body === null) return { kind: 'dropped' };
  parts.metrics.deliveryLate.observe(due.lateMs / 1_000);
  const started = { ...due, body };
  const startedAt = redisNow(started.clock);
  const start = performance.now();
  try {
    const sent = await sendTraced(parts, post, started, signal);
    return { kind: 'sent', started, startedAt, sent, durationMs: Math.round(performance.now() - start) };
  } catch (error) {
    if (signal.aborted) return { kind: 'handed_back' };
    throw error;
  }
}

function bodyOf({ settings }: DeliverParts, id: string, { record: fields, type, at }: StartedAttempt): string {
  const queuePosition = { position: 0, slots: 0, serviceMs: 0, now: 0 };
  return deliveryBody(jobOf({ id, fields, queuePosition }, settings.resultSeconds), type, rfc3339(at));
}

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

/** Writes how an attempt went, and learns what its delivery comes to. */
async function record({ store, settings }: DeliverParts, post: Post, outcome: Outcome): Promise<RecordedAttempt> {
  if (outcome.kind !== 'sent') return { kind: outcome.kind, attempt: null, disabledUrl: false };
  const { started, startedAt, sent, durationMs } = outcome;
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
  const end = { ...verdict, reason: sent.reason, unanswered: isUnanswered(sent.reason), entry };
  const { state, disabledUrl } = await store.end(post, end, settings.disableMs);
  return { kind: RECORDED[state], attempt: outcome, disabledUrl };
}

/** `pending`: the attempt failed and is followed by another. `refused`: it was not the delivery's current one any more. */
const RECORDED = { delivered: 'delivered', failed: 'failed', pending: 'retried', refused: 'dropped' } as const;
