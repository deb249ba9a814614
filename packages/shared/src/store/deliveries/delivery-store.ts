import type { Redis } from 'ioredis';
import { type Delivery, type DeliveryAttempt, type DeliveryReason, deliveryId } from '../../contract/delivery';
import { DELIVERIES_QUEUE, type Post } from '../../queue/queues';
import type { WebhookEvent } from '../../contract/webhook';
import { defineScript } from '../script';
import { rfc3339 } from '../../runtime/time';
import { type Fields, fieldsOf } from '../jobs/record';
import { type ClockReading, clockReading } from '../redis-clock';

/** Attempts at one host at once; a host whose last attempt failed gets one. */
const MAX_A_HOST = 8;
/** Past this a delivery that was handed on, and is neither with BullMQ nor recorded, is handed on again. */
const POST_GRACE_MS = 5_000;
const FULL_HOST_MS = 20_000;
const MAX_ATTEMPTS = 50;

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

export interface AttemptEnd {
  readonly outcome: 'delivered' | 'retried' | 'failed' | 'gone';
  readonly reason: DeliveryReason;
  /** Of `retried`. */
  readonly delayMs: number;
  readonly entry: DeliveryAttempt;
}

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/** The outbox: what webhooks are owed, from the end of a job to the last attempt. */
export function createDeliveryStore(redis: Redis, prefix: string) {
  const script = (name: string) => defineScript(redis, `deliveries/${name}`);
  const scripts = {
    post: script('post'),
    begin: script('begin-delivery'),
    keep: script('keep-body'),
    end: script('end-attempt'),
    redeliver: script('redeliver'),
    read: script('read-deliveries'),
    backlog: script('backlog'),
  };
  return {
    /** Channel that rings when the outbox has something new. */
    posts: `${prefix}:post`,

    /** At most `most` attempts that may now be made, and when it is worth asking again (null: when it rings). */
    async post(max: number): Promise<{ posts: Post[]; nextMs: number | null }> {
      const [again, ...flat] = (await scripts.post(
        prefix,
        DELIVERIES_QUEUE,
        max,
        MAX_A_HOST,
        POST_GRACE_MS,
        FULL_HOST_MS,
      )) as (string | number)[];
      const posts: Post[] = [];
      for (let i = 0; i < flat.length; i += 4) {
        const [id, host, event, attempt] = flat.slice(i, i + 4);
        posts.push({ id: String(id), host: String(host), event: String(event), attempt: Number(attempt) });
      }
      return { posts, nextMs: Number(again) < 0 ? null : Number(again) };
    },

    /** 'held' when the URL gets no automatic attempts; null when there is nothing to send any more. */
    async begin({ id, host, attempt }: Post): Promise<StartedAttempt | 'held' | null> {
      const started = (await scripts.begin(prefix, id, host, attempt)) as
        null | 'held' | (string | number | string[])[];
      if (!started || started === 'held') return started;
      const [tenant, url, event, status, at, due, automatic, manual, body, now, fields, trace] = started;
      return {
        tenant: String(tenant),
        url: String(url),
        event: String(event),
        type: `job.${String(status)}` as WebhookEvent,
        at: Number(at),
        clock: clockReading(Number(now)),
        lateMs: Math.max(0, Number(now) - Number(due)),
        automatic: Number(automatic),
        isRedelivery: manual !== '',
        body: String(body),
        record: fieldsOf(fields as string[]),
        ...(trace ? { trace: String(trace) } : {}),
      };
    },

    /** The bytes that every attempt sends: the first that were offered. Null when the job was erased meanwhile. */
    async keepBody(id: string, body: string): Promise<string | null> {
      return (await scripts.keep(prefix, id, body)) as string | null;
    },

    /** Records how an attempt ended; `refused` when it was not the current one any more, or the job was erased. */
    async end(post: Post, { outcome, reason, delayMs: delayMilliseconds, entry }: AttemptEnd, disableMs: number) {
      const { id, host, attempt } = post;
      const delay = Math.round(delayMilliseconds);
      const outcomeArgs = [outcome, reason, delay, JSON.stringify(entry), disableMs];
      const [state, disabled] = (await scripts.end(prefix, id, host, attempt, ...outcomeArgs)) as [
        'pending' | 'delivered' | 'failed' | 'refused',
        number,
      ];
      return { state, disabledUrl: disabled === 1 };
    },

    /** Asks for an attempt now. */
    async redeliver(id: string, event: string, tenant: string): Promise<'asked' | 'none' | 'busy' | 'spent'> {
      return (await scripts.redeliver(prefix, id, event, tenant, MAX_ATTEMPTS)) as 'asked';
    },

    async read(id: string, tenant: string): Promise<Delivery[] | 'gone' | 'none'> {
      const answer = (await scripts.read(prefix, id, tenant)) as [string] | ReadAnswer;
      if (!isRead(answer)) return answer[0] === 'empty' ? [] : (answer[0] as 'gone' | 'none');
      return [deliveryOf(id, answer)];
    },

    async backlog(): Promise<Backlog> {
      const [deliveries = 0, overdue = 0] = (await scripts.backlog(prefix)) as number[];
      return { deliveries, overdueMs: overdue };
    },
  };
}

export interface Backlog {
  /** Deliveries that wait for an attempt, those that wait for their time included. */
  readonly deliveries: number;
  /** How late the attempt is that should have been made first. */
  readonly overdueMs: number;
}

type ReadAnswer = [
  fields: (string | null)[],
  due: string,
  keptMilliseconds: number,
  now: number,
  ...attempts: string[],
];
const isRead = (answer: [string] | ReadAnswer): answer is ReadAnswer => Array.isArray(answer[0]);

function deliveryOf(job: string, [fields, due, kept, now, ...attempts]: ReadAnswer): Delivery {
  const [, event, status, url, state, reason, at] = fields;
  return {
    id: deliveryId(job, String(event)),
    type: `job.${status}` as WebhookEvent,
    url: String(url),
    state: state as Delivery['state'],
    reason: reason as Delivery['reason'],
    created_at: rfc3339(Number(at)),
    next_attempt_at: due === '' ? null : rfc3339(Number(due)),
    expires_at: kept < 0 ? null : rfc3339(now + kept),
    attempts: attempts.map((attempt) => JSON.parse(attempt) as DeliveryAttempt),
  };
}
