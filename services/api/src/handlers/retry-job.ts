import type { Answer, Deps, Input } from '../endpoint';
import { answerOf, counted, termsOf } from './submit-job';

/** `POST /v1/jobs/{id}/retry`: a failed job's text and wishes as a new job. */
export async function retryJob(input: Input, deps: Deps): Promise<Answer> {
  const { id = '' } = input.params;
  const terms = termsOf(input);
  return answerOf(await counted(() => deps.jobs.retry(id, terms), deps, input, { retry_of: id }), input, deps);
}
