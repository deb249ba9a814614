import { setMaxListeners } from 'node:events';
import { type Job as QueueJob, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  DELIVERIES_QUEUE, LOCK_MS, type Post, STALLED_CHECK_MS,
} from '@flashcards/shared/queue/queues'; // prettier-ignore
import { createDeliveryFeed } from '@flashcards/shared/queue/delivery-feed';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import type { RedisKind } from '@flashcards/shared/runtime/redis';
import { Notifier } from '@flashcards/shared/store/notifier';
import type { DeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';

/** Attempts at once in one process: each is a socket that waits. */
const CONCURRENCY = 400;
const CRASHES = 2;
const DRAIN_MS = 3_000;

export interface DeliveriesParts {
  readonly store: DeliveryStore;
  readonly prefix: string;
  /** A connection of its own at each call, closed by `stop`. */
  readonly connect: (kind: RedisKind) => Redis;
  readonly deliver: (post: Post, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  onError(error: unknown): void;
}

/**
 * Feeds the queue `deliveries` from the outbox and makes its attempts. What an attempt comes to is written to the
 * outbox; BullMQ only keeps it from being lost with its process. Returns how to stop: no new attempts, and those that
 * run longer are handed back.
 */
export function startDeliveries({ store, prefix, connect, deliver, logger, onError }: DeliveriesParts) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const [queueRedis, workerRedis, notifierRedis] = [connect('worker'), connect('worker'), connect('subscriber')];
  const feed = createDeliveryFeed(store, { connection: queueRedis, prefix, onError });
  const notifier = new Notifier(notifierRedis, store.posts);
  notifier.subscribeAll(() => feed.ask());

  async function attempt(job: QueueJob<Post>, token?: string): Promise<void> {
    try {
      await deliver(job.data, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      // The outbox hands it on again.
      logger.error('delivery.broke', { job_id: job.data.id, ...errorFields(error) });
      throw error;
    } finally {
      feed.ask();
    }
  }

  const worker = new Worker<Post>(DELIVERIES_QUEUE, attempt, {
    connection: workerRedis,
    prefix,
    concurrency: CONCURRENCY,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: CRASHES,
    drainDelay: 5,
    autorun: false,
  });
  worker.on('error', onError);
  void worker.run().catch((error: unknown) => logger.error('queue.stopped', errorFields(error)));
  feed.ask();

  return async (): Promise<void> => {
    notifier.close();
    const timer = setTimeout(() => stop.abort(new Error('drain')), DRAIN_MS);
    await worker.close().finally(() => clearTimeout(timer));
    await feed.close();
    for (const redis of [queueRedis, workerRedis]) redis.disconnect();
  };
}
