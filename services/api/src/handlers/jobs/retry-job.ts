import { endpoint } from '../../http/endpoint';
import { answerOf } from '../../jobs/submit-answer';
import { counted, submitOptionsOf } from '../../jobs/submit-input';
import { RETRY_ERRORS, SUBMIT_HEADERS, answersJob, waitsAsPreferred } from '../row-parts';

/** The new job has the text and the options of the failed one. */
export const retryJob = endpoint({
  method: 'post',
  path: '/v1/jobs/{id}/retry',
  scope: 'jobs:write',
  summary: 'Run a failed job again, as a new job',
  headers: SUBMIT_HEADERS,
  waits: waitsAsPreferred,
  answers: {
    202: answersJob('The new job; `retry_of` names the one that failed.'),
    200: answersJob('The new job has already ended.'),
  },
  errors: RETRY_ERRORS,
  handler: async (input, deps) => {
    const { id } = input.params;
    const options = submitOptionsOf(input);
    return answerOf(await counted(() => deps.jobs.retry(id, options), deps, input, { retry_of: id }), input, deps);
  },
});
