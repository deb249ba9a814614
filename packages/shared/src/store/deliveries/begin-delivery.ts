import type { WebhookEvent } from '../../contract/webhook';
import type { Post } from '../../queue/queues';
import { type Fields, recordFields } from '../jobs/record';
import { type ClockReading, clockReading } from '../redis-clock';
import { type Keyspace, defineScript } from '../script';
import { flag, kinds, number, oneOf, optional, text } from '../shape';

/** A delivery whose attempt begins. */
export interface StartedAttempt {
  readonly tenant: string;
  readonly url: string;
  readonly event: string;
  readonly type: WebhookEvent;
  /** When the job ended. */
  readonly at: number;
  /** Of when the attempt began. */
  readonly clock: ClockReading;
  /** How long ago it was due. */
  readonly lateMs: number;
  /** Automatic attempts before this one. */
  readonly automatic: number;
  readonly isRedelivery: boolean;
  /** '' before the first attempt: it is to be made of `record` then. */
  readonly body: string;
  readonly record: Fields;
  /** The `traceparent` of its job. */
  readonly trace?: string;
}

const read = kinds({
  started: {
    tenant: text,
    url: text,
    event: text,
    status: oneOf('completed', 'failed', 'canceled'),
    at: number,
    due: number,
    automatic: number,
    manual: flag,
    now: number,
    trace: optional(text),
    body: text,
    record: recordFields,
  },
  held: {},
  none: {},
});

/** Begins an attempt. 'held' when the URL gets no automatic attempts; null when nothing is to be sent any more. */
export function beginDeliveryStep(keyspace: Keyspace) {
  const begin = defineScript(keyspace, 'deliveries/begin-delivery', { behind: ['body', 'record'], read });
  return async ({ id, host: receiver, attempt }: Post): Promise<StartedAttempt | 'held' | null> => {
    const answer = await begin({ id, receiver, attempt });
    if (answer.kind !== 'started') return answer.kind === 'held' ? 'held' : null;
    const { kind: _, status, due, manual, now, trace, ...started } = answer;
    return {
      ...started,
      type: `job.${status}`,
      clock: clockReading(now),
      lateMs: Math.max(0, now - due),
      isRedelivery: manual,
      ...(trace ? { trace } : {}),
    };
  };
}
