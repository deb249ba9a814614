import type { Answer, Deps, Input } from '../../http/endpoint';
import { retryAfter } from './submit-job';
import { isTerminal } from '@flashcards/shared/contract/job';

/** `GET /v1/jobs/{id}`: the job, at once or at its next event. */
export async function readJob(input: Input<never, { wait?: number }>, { jobs }: Deps): Promise<Answer> {
  const { id = '' } = input.params;
  const known = sequencesIn(input.header('if-none-match'));
  const seconds = input.query.wait ?? 0;
  const reading = seconds
    ? await jobs.wait(id, input.tenant, seconds, input.hungUp, known.at(0))
    : await jobs.read(id, input.tenant);
  const { job } = reading;
  const headers = {
    ETag: `"${reading.sequence}"`,
    ...(isTerminal(job.status) ? {} : { 'Retry-After': retryAfter(job) }),
  };
  if (known.includes(reading.sequence)) return { status: 304, headers };
  return { status: 200, headers, body: job };
}

/** Event numbers in `If-None-Match`; weak tags compare as strong ones (RFC 9110, 13.1.2). */
const sequencesIn = (header: string | undefined): number[] =>
  [...(header ?? '').matchAll(/(?:W\/)?"(\d{1,15})"/g)].map((match) => Number(match[1]));
