import type { DeliveryAttempt, DeliveryReason } from '../../contract/delivery';
import type { Post } from '../../queue/queues';
import { type Keyspace, defineScript } from '../script';
import { fields, flag, oneOf } from '../shape';

export interface AttemptEnd {
  readonly outcome: 'delivered' | 'retried' | 'failed' | 'gone';
  readonly reason: DeliveryReason;
  /** Of `retried`. */
  readonly delayMs: number;
  readonly entry: DeliveryAttempt;
}

const read = fields({ state: oneOf('pending', 'delivered', 'failed', 'refused'), disabled: flag });

/** Records how an attempt ended; `refused` when it was not the current one any more, or the job was erased. */
export function endAttemptStep(keyspace: Keyspace) {
  const endAttempt = defineScript(keyspace, 'deliveries/end-attempt', { read });
  return async ({ id, host, attempt }: Post, { outcome, reason, delayMs, entry }: AttemptEnd, disableMs: number) => {
    const { state, disabled } = await endAttempt({
      id,
      host,
      attempt,
      outcome,
      reason,
      delay_ms: Math.round(delayMs),
      entry: JSON.stringify(entry),
      disable_ms: disableMs,
    });
    return { state, disabledUrl: disabled };
  };
}
