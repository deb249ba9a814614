import { type Job, Worker } from 'bullmq';
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

/**
 * Renews the lock of a job as long as any run of it here goes on. BullMQ stops when one run of it ends, also where the
 * job has come back to this worker meanwhile. The lock of the newer run would end with nobody noticing.
 */
class LockKeepingWorker<Data> extends Worker<Data> {
  readonly #newest = new Map<string, { readonly token: string; readonly since: number }>();

  override async processJob(job: Job<Data>, token: string, fetchNext?: () => boolean): Promise<void | Job<Data>> {
    const id = String(job.id);
    const own = { token, since: job.processedOn ?? 0 };
    this.#newest.set(id, own);
    try {
      return await super.processJob(job, token, fetchNext);
    } finally {
      const newest = this.#newest.get(id);
      if (newest === own) this.#newest.delete(id);
      else if (newest) this.lockManager.trackJob(id, newest.token, newest.since);
    }
  }
}

/** BullMQ's worker as both queues use it. It takes nothing before `startWorker`. */
export function createQueueWorker<Data>(parts: QueueWorkerParts<Data>): Worker<Data> {
  const { queue, execute, connection, prefix, concurrency, maxStalledCount } = parts;
  const worker = new LockKeepingWorker<Data>(queue, execute, {
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
