import type { Delivery } from '@flashcards/shared/contract/delivery';
import type { Job } from '@flashcards/shared/contract/job';
import { ENGLISH } from '../texts';
import { type MadeKey, bearer } from './keys';
import type { Pair } from './pair';

let count = 0;

/** A job of a tenant that is canceled at once: its webhook hears of that. */
export async function canceledJob(pair: Pair, key: MadeKey, url: string): Promise<Job> {
  const text = `${ENGLISH} This is note ${(count += 1)}.`;
  const job = await pair.submit({ text, webhook: { url } }, bearer(key));
  await pair.call('POST', `/v1/jobs/${job.id}/cancel`, undefined, bearer(key));
  return job;
}

export async function deliveryOf(pair: Pair, key: MadeKey, { id }: Job): Promise<Delivery | undefined> {
  const { body } = await pair.call('GET', `/v1/jobs/${id}/deliveries`, undefined, bearer(key));
  return (body as { deliveries: Delivery[] }).deliveries[0];
}
