import { Joi } from '@flashcards/shared/contract/text';
import { etaSeconds } from '@flashcards/shared/store/jobs/record';
import { endpoint } from '../../http/endpoint';

const count = Joi.number().min(0).required();
const queueSchema = Joi.object({
  depth: count,
  running: count,
  workers: count,
  oldest_wait_seconds: count,
  eta_seconds: count.description('Until a job that is submitted now should have ended.'),
});

/** What anyone may know of the queue. */
export const readQueue = endpoint({
  method: 'get',
  path: '/v1/queue',
  scope: 'public',
  summary: 'How long the line is',
  answers: { 200: { description: 'The state of the queue.', schema: queueSchema } },
  errors: ['queue_unavailable'],
  handler: async (_input, { jobs }) => {
    const state = await jobs.queue();
    const free = state.waiting === 0 && state.running < state.slots;
    const place = { position: free ? 0 : state.waiting + 1, ...state };
    return {
      status: 200,
      body: {
        depth: state.waiting,
        running: state.running,
        workers: state.workers,
        oldest_wait_seconds: Math.round(state.oldestWaitMs / 1_000),
        eta_seconds: etaSeconds(place),
      },
    };
  },
});
