import type { Post } from '../../queue/queues';
import { type Keyspace, defineScript } from '../script';
import { fields, list, number, optional, text } from '../shape';

/** Attempts at one host at once; a host whose last attempt failed gets one. */
const MAX_A_HOST = 8;
/** Past this a delivery that was handed on, and is neither with BullMQ nor recorded, is handed on again. */
const GRACE_MS = 5_000;
const FULL_HOST_MS = 20_000;

const read = fields({
  posts: list(fields({ id: text, host: text, event: text, attempt: number })),
  next_ms: optional(number),
});

/** At most `max` attempts that may now be made, and when it is worth asking again (null: when it is published). */
export function postStep(keyspace: Keyspace) {
  const post = defineScript(keyspace, 'deliveries/post', { read });
  const bounds = { max_a_host: MAX_A_HOST, grace_ms: GRACE_MS, full_ms: FULL_HOST_MS };
  return async (max: number): Promise<{ posts: Post[]; nextMs: number | null }> => {
    const { posts, next_ms: nextMs = null } = await post({ max, ...bounds });
    return { posts, nextMs };
  };
}
