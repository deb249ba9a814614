import type { DeliveryAttempt, DeliveryReason } from '../../contract/delivery';
import type { Post } from '../../queue/queues';
import { type Keyspace, defineScript } from '../script';
import { fields, flag, oneOf } from '../shape';

export interface AttemptEnd {
  readonly outcome: 'delivered' | 'retried' | 'failed' | 'gone';
  readonly reason: DeliveryReason;
  /** No answer came: its receiver gets one attempt at a time for a while. */
  readonly unanswered: boolean;
  /** Of `retried`. */
  readonly delayMs: number;
  readonly entry: DeliveryAttempt;
}

const read = fields({ state: oneOf('pending', 'delivered', 'failed', 'refused'), disabled: flag });

/** Records how an attempt ended; `refused` when it was not the current one any more, or the job was erased. */
export function endAttemptStep(keyspace: Keyspace) {
  const endAttempt = defineScript(keyspace, 'deliveries/end-attempt', { read });
  return async ({ id, host: receiver, attempt }: Post, end: AttemptEnd, disableMs: number) => {
    const { outcome, reason, unanswered, delayMs, entry } = end;
    const { state, disabled } = await endAttempt({
      id,
      receiver,
      attempt,
      outcome,
      reason,
      unanswered,
      delay_ms: Math.round(delayMs),
      entry: JSON.stringify(entry),
      disable_ms: disableMs,
    });
    return { state, disabledUrl: disabled };
  };
}
