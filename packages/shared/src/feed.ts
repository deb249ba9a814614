import { type ConnectionOptions, Queue } from 'bullmq';
import { GENERATE_QUEUE, generateJobOptions } from './contract/queues';
import type { Store } from './store/store';

const MOST_AT_ONCE = 200;

export interface Feed {
  /** Asks for a feed; many asks at once become one. Never throws: who is left out is fed by the sweep. */
  ask(): void;
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
  let asked = false;
  let feeding: Promise<void> | undefined;

  async function feedOnce(): Promise<boolean> {
    const ids = await store.feed(MOST_AT_ONCE);
    if (ids.length === 0) return false;
    await queue.addBulk(ids.map((id) => ({ name: GENERATE_QUEUE, data: {}, opts: generateJobOptions(id) })));
    return ids.length === MOST_AT_ONCE;
  }

  async function feedAll(): Promise<void> {
    while (asked) {
      asked = false;
      if (await feedOnce()) asked = true;
    }
  }

  function start(): void {
    feeding = feedAll()
      .catch((error: unknown) => {
        asked = false;
        onError(error);
      })
      .finally(() => {
        feeding = undefined;
        if (asked) start();
      });
  }

  return {
    ask() {
      asked = true;
      if (!feeding) start();
    },
    async close() {
      await feeding;
      await queue.close();
    },
  };
}
