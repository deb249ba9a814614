import { type ConnectionOptions, Queue } from 'bullmq';
import { DELIVERIES_QUEUE, postJobOptions } from './queues';
import type { DeliveryStore, DeliveryWaits, Poster } from '../store/deliveries/delivery-store';

const MAX_AT_ONCE = 100;
/** However far the next attempt is, the outbox is looked at again within this: also for what no message came about. */
const LOOK_MS = 2_000;

export interface DeliveryFeedParts {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  readonly poster: Poster;
  onWaits(waits: DeliveryWaits): void;
  onError(error: unknown): void;
}

export interface DeliveryFeed {
  /** Asks for a feed; many asks at once become one. Never throws: a delivery that is left out is fed a little later. */
  ask(): void;
  /** What is handed on from now on is for other workers. */
  close(): Promise<void>;
}

/**
 * Moves deliveries that are due from the outbox to their own queue, while workers have free slots. Each worker asks when the outbox publishes something
 * new, when an attempt ended, and every 2 s. One timer a process waits for the next attempt that is due.
 */
export function createDeliveryFeed(
  store: DeliveryStore,
  { connection, prefix, poster, onWaits, onError }: DeliveryFeedParts,
): DeliveryFeed {
  const queue = new Queue(DELIVERIES_QUEUE, { connection, prefix, skipWaitingForReady: true, skipMetasUpdate: true });
  queue.on('error', onError);
  let requested = false;
  let closed = false;
  let feeding: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function feedAll(): Promise<number> {
    let wait = LOOK_MS;
    while (requested) {
      requested = false;
      const { posts, waits, nextMs } = await store.post(poster, MAX_AT_ONCE);
      onWaits(waits);
      if (posts.length > 0) {
        await queue.addBulk(posts.map((post) => ({ name: DELIVERIES_QUEUE, data: post, opts: postJobOptions(post) })));
      }
      wait = Math.min(LOOK_MS, nextMs ?? LOOK_MS);
      if (posts.length === MAX_AT_ONCE) requested = true;
    }
    return wait;
  }

  function ask(): void {
    requested = true;
    if (feeding || closed) return;
    clearTimeout(timer);
    feeding = feedAll()
      .catch((error: unknown) => {
        requested = false;
        onError(error);
        return LOOK_MS;
      })
      .then((wait) => {
        feeding = undefined;
        if (closed) return;
        if (requested) ask();
        else timer = setTimeout(ask, Math.max(wait, 1));
      });
  }

  return {
    ask,
    async close() {
      closed = true;
      clearTimeout(timer);
      await feeding;
      await store.leave(poster).catch(onError);
      await queue.close();
    },
  };
}
