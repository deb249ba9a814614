import { AppError } from '@flashcards/shared/contract/errors';
import { EVENT_SCHEMAS } from '@flashcards/shared/contract/events';
import { Joi } from '@flashcards/shared/contract/text';
import { afterQuery } from '../../decks/cards-query';
import { endpoint } from '../../http/endpoint';
import { invalidRequest } from '../../http/validate';
import { READ_ERRORS } from '../row-parts';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would gather events until its buffer is full.
  'X-Accel-Buffering': 'no',
};

const eventSchema = Joi.alternatives(...Object.values(EVENT_SCHEMAS)).description('`data` by the type of the event.');

/** The job's events after a number, as they happen, to its end. */
export const followJob = endpoint({
  method: 'get',
  path: '/v1/jobs/{id}/events',
  scope: 'jobs:read',
  summary: 'Follow a job: its events as they happen, from any number on',
  query: Joi.object({ after: afterQuery }),
  pool: () => 'streams',
  headers: { 'Last-Event-ID': 'Number of the last event that was seen; wins over `after`.' },
  answers: {
    200: {
      description: 'Server-Sent Events: status, progress, card, done.',
      schema: eventSchema,
      type: 'text/event-stream',
    },
    204: { description: 'The job has ended, and nothing happened after that number.' },
  },
  errors: [...READ_ERRORS, 'invalid_request', 'overloaded'],
  handler: async ({ params: { id }, query, header, tenant, caller: { actor } }, { jobs, listeners }) => {
    const after = lastEventId(header('last-event-id')) ?? query.after ?? 0;
    const page = await jobs.follow(id, tenant, after);
    if (page.complete && page.events.length === 0) return { status: 204 };
    if (listeners.draining) throw new AppError('draining', 'This replica is shutting down.', { retryAfterSeconds: 1 });
    if (listeners.full)
      throw new AppError('overloaded', 'Too many streams are open. Try again in 10 s.', { retryAfterSeconds: 10 });
    // A number that was never given, after a Redis lost its last second, must not keep its client waiting for ever.
    const stream = listeners.stream({ id, tenant, actor }, Math.min(after, page.last));
    return { status: 200, headers: HEADERS, stream };
  },
});

/** A browser sends the number it saw last when it comes again; what it began with stays in the query. */
function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw invalidRequest([{ pointer: '/headers/Last-Event-ID', detail: 'must be the number of an event' }]);
}
