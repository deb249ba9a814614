import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { LOCK_MS, STALLED_CHECK_MS } from '@flashcards/shared/queue/queues';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { backoff } from './backoff';
import type { Execute } from './execute';

export interface QueueWorkerParts<Data> {
  readonly queue: string;
  readonly execute: Execute<Data>;
  readonly connection: Redis;
  readonly prefix: string;
  readonly concurrency: number;
  /** How often BullMQ brings a job back whose worker died. */
  readonly maxStalledCount: number;
  onError(error: unknown): void;
}

/** BullMQ's worker as both queues use it. It takes nothing before `startWorker`. */
export function createQueueWorker<Data>(parts: QueueWorkerParts<Data>): Worker<Data> {
  const { queue, execute, connection, prefix, concurrency, maxStalledCount } = parts;
  const worker = new Worker<Data>(queue, execute, {
    connection,
    prefix,
    concurrency,
    maxStalledCount,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    drainDelay: 5,
    autorun: false,
    settings: { backoffStrategy: (attemptsMade, _type, error) => backoff(attemptsMade, error) },
  });
  worker.on('error', parts.onError);
  return worker;
}

export const startWorker = <Data>(worker: Worker<Data>, logger: Logger): void =>
  void worker.run().catch((error: unknown) => logger.error('queue.stopped', errorFields(error)));

/** Takes no new jobs, gives running ones their time, then hands them back. */
export async function drain<Data>(worker: Worker<Data>, handBack: () => void, ms: number): Promise<void> {
  const timer = setTimeout(handBack, ms);
  await worker.close().finally(() => clearTimeout(timer));
}
