import { AppError } from '@flashcards/shared/contract/errors';
import type { Submit } from '@flashcards/shared/contract/job';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import type { Deps, Input } from '../http/endpoint';
import { readIdempotencyKey } from './idempotency';
import type { SubmitRequest, Submitted } from './submit';

/** What the endpoints that make jobs share: from their request to the job. */

/** A submit without the job that is submitted. */
export type SubmitOptions = Omit<SubmitRequest, 'submit'>;

/** What the headers say of a submit. */
export function submitOptionsOf(input: Input): SubmitOptions {
  const control = input.header('cache-control') ?? '';
  return {
    tenant: input.tenant,
    subject: input.caller.subject,
    limits: input.caller.limits,
    onSubmitsLeft: (left) => input.caller.seen.note(left),
    ...readIdempotencyKey(input.header('idempotency-key')),
    noCache: /\bno-cache\b/i.test(control),
    noStore: /\bno-store\b/i.test(control),
    ...(input.trace ? { trace: input.trace } : {}),
  };
}

/** Submits, logs and counts. */
export function submit(input: Input, body: Submit, deps: Deps, options = submitOptionsOf(input)): Promise<Submitted> {
  const fields = { text_chars: body.text.length, cards_wanted: body.options.cards };
  return counted(() => deps.jobs.submit({ ...options, submit: body }), deps, input, fields);
}

/** One line and one count for the outcome of a submit. Refusals are counted by their code. */
export async function counted(
  make: () => Promise<Submitted>,
  { metrics, logger }: Deps,
  { requestId, tenant, trace }: Input,
  fields: object,
): Promise<Submitted> {
  const startedAt = performance.now();
  try {
    const made = await make();
    const { job, replayed } = made;
    const outcome = replayed ? 'replayed' : job.cache === 'miss' ? 'queued' : job.cache;
    metrics.submits.labels(outcome).inc();
    metrics.accepted.observe((performance.now() - startedAt) / 1_000, trace);
    const about = { job_id: job.id, outcome, request_id: requestId, tenant };
    logger.info('job.submitted', { ...about, ...fields, ...traceFields(trace) });
    return made;
  } catch (error) {
    metrics.submits.labels(error instanceof AppError ? error.code : 'failed').inc();
    throw error;
  }
}
