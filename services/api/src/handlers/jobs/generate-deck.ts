import { AppError, errorRow } from '@flashcards/shared/contract/errors';
import { DEFAULT_OPTIONS, type Job, type Submit } from '@flashcards/shared/contract/job';
import type { Answer, Deps, Input } from '../../http/endpoint';
import { problemOf } from '../../http/problem';
import { submit, submitHeaders, waited } from './submit-job';

const WAIT_SECONDS = 30;
export const generateWaits = (): number => WAIT_SECONDS;

/** `POST /generate`, the old service's call: a text in, a deck out, and a job when that takes longer than 30 s. */
export async function generateDeck(input: Input<{ text: string }>, deps: Deps): Promise<Answer> {
  const body: Submit = {
    text: input.body.text,
    options: DEFAULT_OPTIONS,
    priority: 'interactive',
    deadline_seconds: 600,
  };
  const submitted = await submit(input, body, deps);
  const job = await waited(submitted.job, WAIT_SECONDS, input, deps);
  const headers = submitHeaders(submitted, job);
  if (job.status === 'completed') return { status: 200, headers, body: job.result?.deck };
  if (job.status === 'canceled') throw new AppError('conflict', 'The job was canceled.');
  return job.error ? failed(job, headers, input) : { status: 202, headers, body: job };
}

function failed(job: Job, headers: Record<string, string>, input: Input): Answer {
  const { code, message } = job.error as NonNullable<Job['error']>;
  return {
    status: errorRow(code).status,
    headers: { ...headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: problemOf(new AppError(code, message), input),
  };
}
