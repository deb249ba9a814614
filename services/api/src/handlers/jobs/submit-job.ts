import { AppError } from '@flashcards/shared/contract/errors';
import { type Job, type Submit, isTerminal } from '@flashcards/shared/contract/job';
import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Answer, Deps, Input } from '../../http/endpoint';
import { readIdempotencyKey } from '../../jobs/idempotency';
import type { Submitted, SubmitRequest } from '../../jobs/jobs';
import { readPrefer } from '../../http/prefer';

/** `POST /v1/jobs`: records a job and answers before it runs, or once it ended when the client prefers to wait. */
export async function submitJob(input: Input<Submit>, deps: Deps): Promise<Answer> {
  return answerOf(await submit(input, input.body, deps), input, deps);
}

/** The job that was submitted, once it ended when the client prefers to wait. */
export async function answerOf(made: Submitted, input: Input, deps: Deps): Promise<Answer> {
  const prefer = readPrefer(input.header('prefer'));
  const job = await waited(made.job, prefer.waitSeconds, input, deps);
  return {
    status: isTerminal(job.status) ? 200 : 202,
    headers: {
      ...submitHeaders(made, job),
      ...(prefer.applied ? { 'Preference-Applied': prefer.applied } : {}),
    },
    body: job,
  };
}

/** A wish without the job that is wished for. */
export type SubmitOptions = Omit<SubmitRequest, 'submit'>;

/** What the headers say of a submit. */
export function submitOptionsOf(input: Input, key = input.header('idempotency-key')): SubmitOptions {
  const control = input.header('cache-control') ?? '';
  return {
    tenant: input.tenant,
    subject: input.caller.subject,
    limits: input.caller.limits,
    seen: input.caller.seen,
    ...readIdempotencyKey(key),
    noCache: /\bno-cache\b/i.test(control),
    noStore: /\bno-store\b/i.test(control),
    ...(input.trace ? { trace: input.trace } : {}),
  };
}

/** Submits and says so. */
export async function submit(
  input: Input,
  body: Submit,
  deps: Deps,
  options = submitOptionsOf(input),
): Promise<Submitted> {
  const make = (): Promise<Submitted> => deps.jobs.submit({ ...options, submit: body });
  return counted(make, deps, input, {
    text_chars: body.text.length,
    cards_wanted: body.options.cards,
  });
}

/** One line and one count for what came of a submit; refusals are counted by their code. */
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

/** The job once it ended, or as it is when that takes longer than `seconds`. */
export async function waited(job: Job, seconds: number, input: Input, { jobs }: Deps): Promise<Job> {
  if (seconds === 0 || isTerminal(job.status)) return job;
  return (await jobs.wait(job.id, input.tenant, seconds, input.hungUp)).job;
}

const CACHE_STATUS = {
  hit: 'flashcards; hit',
  collapsed: 'flashcards; fwd=miss; collapsed',
  miss: 'flashcards; fwd=miss',
};

export function submitHeaders(made: Submitted, job: Job): Record<string, string> {
  return {
    Location: job.links.self,
    'Cache-Status': CACHE_STATUS[job.cache],
    ...(isTerminal(job.status) ? {} : { 'Retry-After': retryAfter(job) }),
    ...(made.replayed ? { 'Idempotent-Replayed': 'true' } : {}),
  };
}

/** Seconds after which it is worth asking again. */
export const retryAfter = (job: Job): string => String(Math.max(1, job.queue.eta_seconds));
