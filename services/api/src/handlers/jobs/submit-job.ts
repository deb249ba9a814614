import { type SubmitLimits, submitSchema } from '@flashcards/shared/contract/job';
import { endpoint } from '../../http/endpoint';
import { answerOf } from '../../jobs/submit-answer';
import { submit } from '../../jobs/submit-input';
import { SUBMIT_ERRORS, SUBMIT_HEADERS, answersJob, waitsAsPreferred } from '../row-parts';

/** Records a job and answers before it runs, or once it ended when the client prefers to wait. */
export const submitJob = (limits: SubmitLimits) =>
  endpoint({
    method: 'post',
    path: '/v1/jobs',
    scope: 'jobs:write',
    summary: 'Submit a text: a job that makes a deck of it',
    body: submitSchema(limits),
    headers: SUBMIT_HEADERS,
    waits: waitsAsPreferred,
    answers: {
      202: answersJob(
        'Accepted: the job will end as `completed`, `failed` or `canceled`. `Location` is its address, and `Retry-After` the seconds until it is worth asking.',
      ),
      200: answersJob(
        'The job has already ended: it came from the cache, the key was repeated, or it ended during `Prefer: wait`. `status` may be `failed`.',
      ),
    },
    errors: SUBMIT_ERRORS,
    handler: async (input, deps) => answerOf(await submit(input, input.body, deps), input, deps),
  });
