import { AppError } from '@flashcards/shared/contract/errors';
import { type Job, type Submit, isTerminal } from '@flashcards/shared/contract/job';
import type { Answer, Deps, Input } from '../endpoint';
import type { Submitted } from '../jobs';
import { readPrefer } from '../prefer';

/** `POST /v1/jobs`: records a job and answers before it runs, or once it ended when the client prefers to wait. */
export async function submitJob(input: Input<Submit>, deps: Deps): Promise<Answer> {
  const prefer = readPrefer(input.header('prefer'));
  const submitted = await submit(input, input.body, deps);
  const job = await waited(submitted.job, prefer.waitSeconds, input, deps);
  return {
    status: isTerminal(job.status) ? 200 : 202,
    headers: {
      ...submitHeaders(submitted, job),
      ...(prefer.applied ? { 'Preference-Applied': prefer.applied } : {}),
    },
    body: job,
  };
}

/** Submits and says so, in one line and one count; refusals are counted by their code. */
export async function submit(input: Input, body: Submit, { jobs, metrics, logger }: Deps): Promise<Submitted> {
  const control = input.header('cache-control') ?? '';
  try {
    const submitted = await jobs.submit({
      tenant: input.tenant,
      subject: input.subject,
      submit: body,
      ...idempotencyKey(input.header('idempotency-key')),
      noCache: /\bno-cache\b/i.test(control),
      noStore: /\bno-store\b/i.test(control),
    });
    const { job, replayed } = submitted;
    const outcome = replayed ? 'replayed' : job.cache === 'miss' ? 'queued' : job.cache;
    metrics.submits.labels(outcome).inc();
    logger.info('job.submitted', {
      request_id: input.requestId,
      job_id: job.id,
      tenant: input.tenant,
      outcome,
      text_chars: body.text.length,
      cards_wanted: body.options.cards,
    });
    return submitted;
  } catch (error) {
    metrics.submits.labels(error instanceof AppError ? error.code : 'failed').inc();
    throw error;
  }
}

const KEY = /^[\x20-\x7e]{1,255}$/;

function idempotencyKey(key: string | undefined): { idempotencyKey?: string } {
  if (key === undefined) return {};
  if (KEY.test(key)) return { idempotencyKey: key };
  const errors = [{ pointer: '/headers/Idempotency-Key', detail: 'must be 1 to 255 printable ASCII characters' }];
  throw new AppError('invalid_request', 'The Idempotency-Key cannot be used.', { errors });
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

export function submitHeaders({ limit, replayed }: Submitted, job: Job): Record<string, string> {
  return {
    Location: job.links.self,
    'Cache-Status': CACHE_STATUS[job.cache],
    ...(isTerminal(job.status) ? {} : { 'Retry-After': retryAfter(job) }),
    ...(replayed ? { 'Idempotent-Replayed': 'true' } : {}),
    ...(limit
      ? { 'RateLimit-Policy': `"submits";q=${limit.limit};w=60`, RateLimit: `"submits";r=${limit.remaining};t=60` }
      : {}),
  };
}

/** Seconds after which it is worth asking again. */
export const retryAfter = (job: Job): string => String(Math.max(1, job.queue.eta_seconds));
