import { Joi } from '@flashcards/shared/contract/text';
import { endpoint } from '../../http/endpoint';
import { MAX_WAIT_SECONDS } from '../../http/prefer';
import { retryAfter } from '../../jobs/submit-answer';
import { READ_ERRORS, answersJob } from '../row-parts';

const query = Joi.object({
  wait: Joi.number()
    .integer()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .description('Seconds to wait: for the next event after the one of `If-None-Match`, for the end without it.'),
});

export const readJob = endpoint({
  method: 'get',
  path: '/v1/jobs/{id}',
  scope: 'jobs:read',
  summary: 'Read a job, at once or at its next event',
  query,
  headers: { 'If-None-Match': 'The `ETag` that is known already.' },
  waits: (input) => input.query.wait ?? 0,
  answers: { 200: answersJob('The job.'), 304: { description: 'Nothing happened since.' } },
  errors: [...READ_ERRORS, 'invalid_request'],
  handler: async ({ params: { id }, query: { wait: seconds = 0 }, tenant, header, hungUp }, { jobs }) => {
    const known = sequencesIn(header('if-none-match'));
    const reading = seconds ? await jobs.wait(id, tenant, seconds, hungUp, known.at(0)) : await jobs.read(id, tenant);
    const { job, sequence } = reading;
    const headers = { ETag: `"${sequence}"`, ...retryAfter(job) };
    return known.includes(sequence) ? { status: 304, headers } : { status: 200, headers, body: job };
  },
});

/** Event numbers in `If-None-Match`; weak tags compare as strong ones (RFC 9110, 13.1.2). */
const sequencesIn = (header: string | undefined): number[] =>
  [...(header ?? '').matchAll(/(?:W\/)?"(\d{1,15})"/g)].map((match) => Number(match[1]));
