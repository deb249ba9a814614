import { type Delivery, type DeliveryAttempt, deliveryId } from '../../contract/delivery';
import { rfc3339 } from '../../runtime/time';
import { type Keyspace, defineScript } from '../script';
import { json, kinds, list, number, oneOf, optional, text, word } from '../shape';

const read = kinds({
  found: {
    event: text,
    status: oneOf('completed', 'failed', 'canceled'),
    url: text,
    state: word<Delivery['state']>(),
    reason: optional(word<NonNullable<Delivery['reason']>>()),
    at: number,
    due: optional(number),
    kept_ms: number,
    now: number,
    attempts: list(json<DeliveryAttempt>()),
  },
  empty: {},
  gone: {},
  none: {},
});

/** The webhook log of a job: one delivery, or none yet. */
export function readDeliveriesStep(keyspace: Keyspace) {
  const readDeliveries = defineScript(keyspace, 'deliveries/read-deliveries', { behind: ['attempts'], read });
  return async (id: string, tenant: string): Promise<Delivery[] | 'gone' | 'none'> => {
    const found = await readDeliveries({ id, tenant });
    if (found.kind === 'found') return [deliveryOf(id, found)];
    return found.kind === 'empty' ? [] : found.kind;
  };
}

const deliveryOf = (job: string, found: Extract<ReturnType<typeof read>, { kind: 'found' }>): Delivery => ({
  id: deliveryId(job, found.event),
  type: `job.${found.status}`,
  url: found.url,
  state: found.state,
  reason: found.reason ?? null,
  created_at: rfc3339(found.at),
  next_attempt_at: found.due === undefined ? null : rfc3339(found.due),
  expires_at: found.kept_ms < 0 ? null : rfc3339(found.now + found.kept_ms),
  attempts: found.attempts,
});
