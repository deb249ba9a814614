import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, Queue } from 'bullmq';
import { GENERATE_QUEUE, generateJobOptions } from './queues';
import type { Store } from '../store/jobs/job-store';

const MAX_AT_ONCE = 200;
/** Asks within this time after a feed become one: a feed of many costs little more than a feed of one. */
const GATHER_MS = 4;

export interface Feed {
  /** Asks for a feed; many asks at once become one. Never throws: a job that is left out is fed by the sweep. */
  ask(): void;
  /** For so long no worker takes a job. Throws when Redis is away. */
  pause(ms: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Moves jobs from the waiting lists to BullMQ while the fleet has free slots. Called after a submit, when a worker
 * takes or ends a job, and by the sweep.
 * @param connection as `bullmq` takes it; a request's connection fails fast, so nothing ever waits in here.
 */
export function createFeed(
  store: Store,
  { connection, prefix, onError }: { connection: ConnectionOptions; prefix: string; onError(error: unknown): void },
): Feed {
  const queue = new Queue(GENERATE_QUEUE, { connection, prefix, skipWaitingForReady: true, skipMetasUpdate: true });
  queue.on('error', onError);
  let requested = false;
  let feeding: Promise<void> | undefined;
  let fedAt = 0;

  async function feedOnce(): Promise<boolean> {
    const ids = await store.feed(MAX_AT_ONCE);
    if (ids.length === 0) return false;
    await queue.addBulk(ids.map((id) => ({ name: GENERATE_QUEUE, data: {}, opts: generateJobOptions(id) })));
    return ids.length === MAX_AT_ONCE;
  }

  async function feedAll(): Promise<void> {
    while (requested) {
      const early = fedAt + GATHER_MS - performance.now();
      if (early > 0) await sleep(early);
      requested = false;
      if (await feedOnce()) requested = true;
      fedAt = performance.now();
    }
  }

  function start(): void {
    feeding = feedAll()
      .catch((error: unknown) => {
        requested = false;
        onError(error);
      })
      .finally(() => {
        feeding = undefined;
        if (requested) start();
      });
  }

  return {
    ask() {
      requested = true;
      if (!feeding) start();
    },
    async pause(ms) {
      // BullMQ's scripts look at its limiter only where there is a limit. Set at the first pause: with one, each job costs
      // two commands more.
      await queue.setGlobalRateLimit(Number.MAX_SAFE_INTEGER, 1_000);
      await queue.rateLimit(ms);
    },
    async close() {
      await feeding;
      await queue.close();
    },
  };
}
