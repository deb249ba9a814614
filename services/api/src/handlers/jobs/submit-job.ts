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
      202: answersJob('Accepted; the job will end.'),
      200: answersJob('Already done: cached, repeated, or waited for.'),
    },
    errors: SUBMIT_ERRORS,
    handler: async (input, deps) => answerOf(await submit(input, input.body, deps), input, deps),
  });
