import type { Answer, Deps, Input } from '../../http/endpoint';
import { answerOf, counted, submitOptionsOf } from './submit-job';

/** `POST /v1/jobs/{id}/retry`: a failed job's text and wishes as a new job. */
export async function retryJob(input: Input, deps: Deps): Promise<Answer> {
  const { id = '' } = input.params;
  const options = submitOptionsOf(input);
  return answerOf(await counted(() => deps.jobs.retry(id, options), deps, input, { retry_of: id }), input, deps);
}
