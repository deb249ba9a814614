import { deliveryId } from '@flashcards/shared/contract/delivery';
import { type Post, hostOf } from '@flashcards/shared/queue/queues';
import type { StartedAttempt } from '@flashcards/shared/store/deliveries/delivery-store';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { Attributes, Span, Tracing } from '@flashcards/shared/runtime/tracing/tracing';

/**
 * The span of a run. The first run also gets one for the time that its job waited. Both belong to the submit's trace.
 */
export function startRun(tracing: Tracing, run: Run): Span {
  const attributes = { 'flashcards.job.id': run.id };
  const parent = run.trace;
  if (run.run === 1) {
    const at = Date.now() - run.waitedMs;
    tracing.start({ name: 'wait', kind: 'internal', parent, at, attributes }).end();
  }
  return tracing.start({ name: 'run', kind: 'consumer', parent, attributes });
}

/** How a run ended, in the words of its log line. */
export function endRun(span: Span, kind: string, about: Attributes): void {
  const { run, attempt, recoveries, crashes, kept, wanted, generated, model, code, reason } = about;
  span.set({
    'flashcards.run.outcome': kind,
    'flashcards.run.number': run,
    'flashcards.run.attempt': attempt,
    'flashcards.run.recoveries': recoveries,
    'flashcards.run.crashes': crashes,
    'flashcards.cards.kept': kept,
    'flashcards.cards.wanted': wanted,
    'flashcards.cards.generated': generated,
    'flashcards.model': model,
    'flashcards.run.reason': code ?? reason,
  });
  span.end(WELL.has(kind) ? undefined : String(code ?? reason ?? kind));
}

const WELL: ReadonlySet<string> = new Set(['completed', 'handed_back', 'dropped']);

/** The span of one attempt to deliver. It belongs to the submit's trace, however late it is. */
export const startDelivery = (tracing: Tracing, post: Post, { trace, type }: StartedAttempt): Span =>
  tracing.start({
    name: 'deliver',
    kind: 'client',
    parent: trace,
    attributes: {
      'flashcards.job.id': post.id,
      'flashcards.delivery.id': deliveryId(post.id, post.event),
      'flashcards.delivery.attempt': post.attempt,
      'flashcards.event': type,
      'http.request.method': 'POST',
      'server.address': hostOf(post).replace(/:\d+$/, ''),
    },
  });
