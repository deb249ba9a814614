import { DELIVERIES_QUEUE, DELIVERY_JOB_ID, GENERATE_QUEUE } from './queues';

/** The keys of BullMQ that our scripts look at. Its version is pinned, and a test of each script holds these names. */
export const BULLMQ_KEYS = {
  generateWait: {
    key: `${GENERATE_QUEUE}:wait`,
    type: 'list',
    holds: 'ids of the jobs that no worker has taken yet',
    lives: 'until taken',
  },
  generateLimiter: {
    key: `${GENERATE_QUEUE}:limiter`,
    type: 'string',
    holds: 'all workers pause while it is there',
    lives: 'until the pause ends',
  },
  generateEvents: {
    key: `${GENERATE_QUEUE}:events`,
    type: 'stream',
    holds: 'what became of each id; nobody reads it',
    lives: 'emptied by the sweep',
  },
  generateJob: {
    key: `${GENERATE_QUEUE}:{id}`,
    type: 'hash',
    holds: 'a job in the queue: its id and no data',
    lives: 'until the job ends',
  },
  deliveriesEvents: {
    key: `${DELIVERIES_QUEUE}:events`,
    type: 'stream',
    holds: 'what became of each attempt; nobody reads it',
    lives: 'emptied by the delivery feed',
  },
  deliveriesJob: {
    key: `${DELIVERIES_QUEUE}:${DELIVERY_JOB_ID}`,
    type: 'hash',
    holds: 'an attempt in the queue: id, host, event and number',
    lives: 'until the attempt ends',
  },
} as const;
