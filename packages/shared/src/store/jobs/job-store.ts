import type { Redis } from 'ioredis';
import { extendStep } from '../accounts/extend';
import { spentStep } from '../accounts/spent';
import { eraseStep } from '../erasure/erase';
import { createKeys } from '../keys';
import { announceStep } from '../line/announce';
import { feedStep } from '../line/feed';
import { queueStep } from '../line/queue';
import { submitStep } from '../line/submit';
import { sweepStep } from '../line/sweep';
import { appendStep } from './append';
import type { Ended } from './ending';
import { finishStep } from './finish';
import { followStep } from './follow';
import { listStep } from './list';
import { readStep } from './read';
import { releaseStep } from './release';
import type { Retention } from './retention';
import { retrySourceStep } from './retry-source';
import { type RunId, takeStep } from './take';

export type { QueueState } from '../line/queue';
export type { Admission, Admitted } from '../line/submit';
export type { Run, RunId } from './take';

export type Store = ReturnType<typeof createStore>;

/**
 * The records, the waiting lists, and the steps that carry a job through them.
 * `onEnd` is called with every job that ends by a call of this process, once each.
 */
export function createStore(
  redis: Redis,
  prefix: string,
  retention: Retention,
  onEnd: (ended: Ended) => void = () => undefined,
) {
  const keyspace = { redis, prefix };
  const ending = { keyspace, retention, onEnd };
  const key = createKeys(prefix);
  return {
    eventsChannel: key('jobs'),
    cancelChannel: key('cancel'),

    submit: submitStep(ending),
    feed: feedStep(ending),
    take: takeStep(keyspace),
    append: appendStep(keyspace),
    extend: extendStep(keyspace),
    release: releaseStep(keyspace),
    finish: finishStep(ending),
    spent: spentStep(keyspace),
    sweep: sweepStep(ending),
    erase: eraseStep(ending),

    read: readStep(keyspace),
    follow: followStep(keyspace, retention.resultSeconds),
    retrySource: retrySourceStep(keyspace),
    list: listStep(keyspace),
    queue: queueStep(keyspace),
    announce: announceStep(keyspace),

    /** Whether a run still holds its job. */
    async holds({ id, run }: RunId): Promise<boolean> {
      const [status, held] = await redis.hmget(key('job', id), 'status', 'run');
      return status === 'running' && held === String(run);
    },

    async has(id: string): Promise<boolean> {
      return (await redis.exists(key('job', id))) === 1;
    },
  };
}
