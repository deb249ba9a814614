import { type Delivery, parseDeliveryId } from '@flashcards/shared/contract/delivery';
import { AppError } from '@flashcards/shared/contract/errors';
import { noJob } from './reading';
import type { DeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';

export type Deliveries = ReturnType<typeof createDeliveries>;

/** The webhook log of one's own jobs, and attempts on demand. */
export function createDeliveries(store: DeliveryStore) {
  async function read(job: string, tenant: string): Promise<Delivery[]> {
    const found = await store.read(job, tenant);
    if (found === 'gone') throw new AppError('gone', 'This job has expired, and with it the log of its webhook.');
    if (found === 'none') throw noJob();
    return found;
  }

  return {
    read,

    /** Asks for an attempt now; the delivery as it is then. */
    async redeliver(job: string, delivery: string, tenant: string): Promise<Delivery> {
      const { job: named, event } = parseDeliveryId(delivery);
      const answer = named === job ? await store.redeliver(job, event, tenant) : 'none';
      if (answer !== 'asked') throw REFUSALS[answer]();
      const [found] = await read(job, tenant);
      if (!found) throw REFUSALS.none();
      return found;
    },
  };
}

const REFUSALS = {
  none: () => new AppError('not_found', 'This job has no delivery with this id.'),
  busy: () => new AppError('conflict', 'An attempt is running already. Wait for its outcome.'),
  spent: () => new AppError('conflict', 'This delivery has had all of its attempts.'),
} as const;
