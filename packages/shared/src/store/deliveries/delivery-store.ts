import type { Redis } from 'ioredis';
import { createKeys } from '../keys';
import { backlogStep } from './backlog';
import { beginDeliveryStep } from './begin-delivery';
import { endAttemptStep } from './end-attempt';
import { keepBodyStep } from './keep-body';
import { leaveStep } from './leave';
import { postStep } from './post';
import { readDeliveriesStep } from './read-deliveries';
import { redeliverStep } from './redeliver';

export type { Backlog } from './backlog';
export type { StartedAttempt } from './begin-delivery';
export type { AttemptEnd } from './end-attempt';
export type { DeliveryWaits, Poster } from './post';

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/** The outbox: what webhooks are owed, from the end of a job to the last attempt. */
export function createDeliveryStore(redis: Redis, prefix: string) {
  const keyspace = { redis, prefix };
  return {
    /** The channel on which something new in the outbox is published. */
    posts: createKeys(prefix)('newPosts'),
    post: postStep(keyspace),
    leave: leaveStep(keyspace),
    begin: beginDeliveryStep(keyspace),
    keepBody: keepBodyStep(keyspace),
    end: endAttemptStep(keyspace),
    redeliver: redeliverStep(keyspace),
    read: readDeliveriesStep(keyspace),
    backlog: backlogStep(keyspace),
  };
}
