import { deliveryId } from '@flashcards/shared/contract/delivery';
import { type Post, hostOf } from '@flashcards/shared/queue/queues';
import type { Logger } from '@flashcards/shared/runtime/logger';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import type { StartedAttempt } from '@flashcards/shared/store/deliveries/delivery-store';
import type { WorkerMetrics } from '../metrics';
import type { Sent } from './verdict';

/** An attempt that was made. */
export interface SentAttempt {
  readonly kind: 'sent';
  readonly started: StartedAttempt;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly sent: Sent;
  readonly durationMs: number;
}

/** What an attempt made of its delivery. */
export interface RecordedAttempt {
  readonly kind: 'delivered' | 'retried' | 'failed' | 'held' | 'dropped' | 'handed_back';
  /** Null when nothing was sent. */
  readonly attempt: SentAttempt | null;
  /** The URL gets no automatic attempts from now on. */
  readonly disabledUrl: boolean;
}

interface ReportParts {
  readonly metrics: WorkerMetrics;
  readonly logger: Logger;
}

/** One count and one line for each attempt, whichever way it ended. */
export function reportAttempt(parts: ReportParts, post: Post, { kind, attempt, disabledUrl }: RecordedAttempt): void {
  const { metrics, logger } = parts;
  metrics.deliveries.labels(kind).inc();
  if (attempt) reportSent(parts, post, kind, attempt);
  else if (kind === 'held') logger.warn('delivery.held', { ...about(post), reason: 'url_disabled' });
  else logger.info(`delivery.${kind}`, about(post));
  if (!attempt || !disabledUrl) return;
  const { tenant, trace } = attempt.started;
  metrics.urlsDisabled.inc();
  logger.warn('webhook.disabled', { job_id: post.id, tenant, host: hostOf(post), ...traceFields(trace) });
}

const about = (post: Post) => ({
  job_id: post.id,
  delivery_id: deliveryId(post.id, post.event),
  host: hostOf(post),
});

function reportSent(
  { metrics, logger }: ReportParts,
  post: Post,
  outcome: RecordedAttempt['kind'],
  { started: { tenant, type, trace, lateMs }, sent: { reason, status }, durationMs }: SentAttempt,
): void {
  metrics.deliveryAttempts.labels(reason).inc();
  metrics.deliveryDuration.labels(reason === 'ok' ? 'delivered' : 'failed').observe(durationMs / 1_000, trace);
  const fields = {
    ...about(post), tenant, type, attempt: post.attempt, outcome, reason, status,
    duration_ms: durationMs, late_ms: lateMs, ...traceFields(trace),
  }; // prettier-ignore
  if (reason === 'ok') logger.info('delivery.completed', fields);
  else logger.warn('delivery.failed', fields);
}
