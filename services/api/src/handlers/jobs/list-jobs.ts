import { STATUSES, jobSchema } from '@flashcards/shared/contract/job';
import { Joi } from '@flashcards/shared/contract/text';
import { endpoint } from '../../http/endpoint';

const query = Joi.object({
  status: Joi.string().valid(...STATUSES),
  limit: Joi.number().integer().min(1).max(100).default(20),
  cursor: Joi.string()
    .pattern(/^\d{1,15}\.\d{1,9}$/, { name: 'must be a `next_cursor` from an earlier answer' })
    .description('`next_cursor` of the page before.'),
});

const pageSchema = Joi.object({
  jobs: Joi.array().items(jobSchema).required(),
  next_cursor: Joi.string().allow(null).required(),
});

/** The cursor is a place in time, so newer jobs move nothing. */
export const listJobs = endpoint({
  method: 'get',
  path: '/v1/jobs',
  scope: 'jobs:read',
  summary: "List one's own jobs, newest first, without their decks",
  query,
  pool: () => 'lists',
  answers: { 200: { description: 'A page.', schema: pageSchema } },
  errors: ['invalid_request', 'quota_exceeded', 'queue_unavailable'],
  handler: async ({ tenant, query: { status, cursor = '', limit } }, { jobs }) => {
    const { next, jobs: found } = await jobs.list(tenant, status ?? '', cursor, limit);
    return { status: 200, body: { jobs: found, next_cursor: next || null } };
  },
});
