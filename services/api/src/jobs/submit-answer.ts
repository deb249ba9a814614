import { type Job, isTerminal } from '@flashcards/shared/contract/job';
import type { Answer, Deps, Input } from '../http/endpoint';
import { readPrefer } from '../http/prefer';
import type { Submitted } from './submit';

/** What the endpoints that make jobs share: from the job to their answer. */

/** The job that was submitted, once it ended when the client prefers to wait. */
export async function answerOf(made: Submitted, input: Input, deps: Deps): Promise<Answer<Job>> {
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
    ...retryAfter(job),
    ...(made.replayed ? { 'Idempotent-Replayed': 'true' } : {}),
  };
}

/** When it is worth asking again, until the job has ended. */
export const retryAfter = (job: Job): Record<string, string> =>
  isTerminal(job.status) ? {} : { 'Retry-After': String(Math.max(1, job.queue.eta_seconds)) };
