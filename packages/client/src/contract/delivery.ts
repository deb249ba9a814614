// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

import type { WebhookEventType } from './submit';
import type { Status, Progress, QueuePosition, CacheStatus, Usage, JobError, JobLinks, DeckSummary } from './job';

/** What the webhook of a job was sent. */
export interface Delivery {
  /** The same as the header `webhook-id`. */
  readonly id: string;
  readonly type: WebhookEventType;
  readonly url: string;
  /** `held`: the URL gets no automatic attempts at present. */
  readonly state: 'pending' | 'delivered' | 'failed' | 'held';
  /** Of the last attempt. Without attempts: `url_disabled`, or `lost` where its workers died too often. */
  readonly reason:
    | 'ok'
    | 'redirect'
    | 'gone'
    | 'client_error'
    | 'rate_limited'
    | 'server_error'
    | 'unexpected_status'
    | 'timeout'
    | 'address_refused'
    | 'name_not_found'
    | 'connection_failed'
    | 'tls_failed'
    | 'answer_unreadable'
    | 'no_secret'
    | 'url_disabled'
    | 'lost'
    | null;
  readonly created_at: string;
  /** Null while an attempt is made, and when no automatic one follows. */
  readonly next_attempt_at: string | null;
  /** When the log is removed. Null while attempts follow. */
  readonly expires_at: string | null;
  /** The last 20 attempts. */
  readonly attempts: readonly DeliveryAttempt[];
}

/** One attempt to deliver the end of a job. */
export interface DeliveryAttempt {
  readonly number: number;
  readonly at: string;
  /** A `redelivery` was requested, an `automatic` attempt was not. */
  readonly kind: 'automatic' | 'redelivery';
  readonly delivered: boolean;
  /** The HTTP status. Null without an answer. */
  readonly status: number | null;
  readonly duration_ms: number;
  readonly reason: DeliveryReason;
}

/** Why an attempt ended as it did. */
export type DeliveryReason =
  | 'ok'
  | 'redirect'
  | 'gone'
  | 'client_error'
  | 'rate_limited'
  | 'server_error'
  | 'unexpected_status'
  | 'timeout'
  | 'address_refused'
  | 'name_not_found'
  | 'connection_failed'
  | 'tls_failed'
  | 'answer_unreadable'
  | 'no_secret';

export interface DeliveryLog {
  readonly deliveries: readonly Delivery[];
}

/** The job in a webhook: counts and links, without its cards. */
export interface WebhookJob {
  readonly id: string;
  readonly status: Status;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly expires_at: string | null;
  readonly attempts: number;
  readonly progress: Progress;
  readonly queue: QueuePosition;
  readonly cache: CacheStatus;
  /** The failed job that this job repeats. */
  readonly retry_of: string | null;
  /** The job with the card of which this job makes another version. */
  readonly parent: string | null;
  /** The trace of its submit (W3C trace context). Null where there is none. */
  readonly trace_id: string | null;
  readonly usage: Usage;
  readonly error: JobError | null;
  readonly links: JobLinks;
  /** Without the cards. Null where there is no deck, or where it expired before the delivery. */
  readonly result: {
    /** When the deck was made. A cached deck is older than its job. */
    readonly created_at?: string;
    /** The deck has fewer cards than wanted; `dropped` says why. */
    readonly partial: boolean;
    readonly wanted: number;
    /** Cards that the model wrote. */
    readonly generated: number;
    readonly kept: number;
    /** How many cards were dropped, by reason code. */
    readonly dropped: {
      readonly [key: string]: number;
    };
    /** The model that answered. It may be a fallback. */
    readonly model: string;
    readonly prompt_version: string;
    readonly deck: DeckSummary;
    readonly coverage: {
      readonly share: number;
    };
  } | null;
  /** Null where it would make the body 20,000 bytes or larger. */
  readonly metadata: {
    readonly [key: string]: string;
  } | null;
}
