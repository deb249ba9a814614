import type { Post } from '../../queue/queues';
import { type Keyspace, defineScript } from '../script';
import { type ReadShape, fields, list, number, optional, text } from '../shape';

/** Who hands deliveries on: a worker, which has slots for attempts itself. */
export interface Poster {
  readonly worker: string;
  readonly slots: number;
  /** Attempts of one tenant at once, at all workers; 0 is no limit. */
  readonly maxPerTenant: number;
  /** Attempts of one tenant at one host at once. While the host gives no answer, there is one. */
  readonly maxPerHost: number;
}

/** Past this a delivery that was handed on, and is neither with BullMQ nor recorded, is handed on again. */
const GRACE_MS = 5_000;
/** A tenant or a receiver that holds its share is looked at again within this, whatever message was lost. */
const FULL_MS = 20_000;
/** A worker that asks for nothing for so long is gone, and its slots with it. */
const ANNOUNCED_MS = 10_000;

const waits = { host: number, tenant: number, slots: number };
/** How often something due had to wait for a share, by what it waits for. */
export type DeliveryWaits = ReadShape<typeof waits>;

const read = fields({
  posts: list(fields({ id: text, host: text, event: text, attempt: number })),
  waits: fields(waits),
  next_ms: optional(number),
});

export interface Posted {
  readonly posts: Post[];
  readonly waits: DeliveryWaits;
  /** When it is worth asking again; null: when it is published. */
  readonly nextMs: number | null;
}

/** At most `max` attempts that may now be made: as many as there are free slots, in turns by tenant. */
export function postStep(keyspace: Keyspace) {
  const post = defineScript(keyspace, 'deliveries/post', { read });
  const times = { announced_ms: ANNOUNCED_MS, grace_ms: GRACE_MS, full_ms: FULL_MS };
  return async ({ worker, slots, maxPerTenant, maxPerHost }: Poster, max: number): Promise<Posted> => {
    const bounds = { max, max_a_tenant: maxPerTenant, max_a_receiver: maxPerHost };
    const { next_ms: nextMs = null, ...posted } = await post({ worker, slots, ...bounds, ...times });
    return { ...posted, nextMs };
  };
}
