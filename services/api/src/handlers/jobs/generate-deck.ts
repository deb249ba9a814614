import { deckSchema } from '@flashcards/shared/contract/deck';
import { AppError, JOB_ERRORS, errorRow } from '@flashcards/shared/contract/errors';
import {
  DEFAULT_OPTIONS,
  type JobError,
  type Submit,
  type SubmitLimits,
  generateSchema,
} from '@flashcards/shared/contract/job';
import { keysOf } from '@flashcards/shared/contract/schema';
import { type Answer, type Input, endpoint } from '../../http/endpoint';
import { problemOf } from '../../http/problem';
import { submitHeaders, waited } from '../../jobs/submit-answer';
import { submit } from '../../jobs/submit-input';
import { REPEAT_HEADERS, SUBMIT_ERRORS, answersJob } from '../row-parts';

const WAIT_SECONDS = 30;

/** The old service's call: a text in, a deck out, and a job when that takes longer than 30 s. */
export const generateDeck = (limits: SubmitLimits) =>
  endpoint({
    method: 'post',
    path: '/generate',
    scope: 'jobs:write',
    summary: "The old service's call: a text in, a deck out",
    body: generateSchema(limits),
    headers: REPEAT_HEADERS,
    waits: () => WAIT_SECONDS,
    answers: {
      200: { description: 'The deck.', schema: deckSchema },
      202: answersJob(`It takes longer than ${WAIT_SECONDS} s.`),
    },
    errors: [...SUBMIT_ERRORS, ...keysOf(JOB_ERRORS)],
    handler: async (input, deps) => {
      const submitted = await submit(input, wholeSubmit(input.body.text), deps);
      const job = await waited(submitted.job, WAIT_SECONDS, input, deps);
      const headers = submitHeaders(submitted, job);
      if (job.status === 'completed' && job.result) return { status: 200, headers, body: job.result.deck };
      if (job.status === 'canceled') throw new AppError('conflict', 'The job was canceled, so it has no deck.');
      return job.error ? failed(job.error, headers, input) : { status: 202, headers, body: job };
    },
  });

const wholeSubmit = (text: string): Submit => ({
  text,
  options: DEFAULT_OPTIONS,
  priority: 'interactive',
  deadline_seconds: 600,
});

/** What a job ended with, as the answer to a request; its headers still name the job. */
const failed = ({ code, message }: JobError, headers: Record<string, string>, input: Input): Answer<never> => ({
  status: errorRow(code).status,
  headers: { ...headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
  raw: JSON.stringify(problemOf(new AppError(code, message), input)),
});
