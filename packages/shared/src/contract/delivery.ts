import { deckSummarySchema, resultSchema } from './deck';
import { type Job, jobSchema } from './job';
import { Joi } from './text';
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhook';

/** Standard Webhooks asks for less than this. */
const MAX_BODY_BYTES = 20_000;

/** Names a delivery for good: `webhook-id`, the same at every attempt. `event` is the number of the job's last event. */
export const deliveryId = (job: string, event: number | string): string => `${job}_${event}`;

export function parseDeliveryId(id: string): { job: string; event: string } {
  const cut = id.lastIndexOf('_');
  return { job: id.slice(0, cut), event: id.slice(cut + 1) };
}

/** The exact bytes of a delivery: the job without its cards, and without its metadata where they would be too many. */
export function deliveryBody(job: Job, type: WebhookEvent, timestamp: string): string {
  const { result } = job;
  const summary = result && {
    ...result,
    deck: { title: result.deck.title, language: result.deck.language },
    coverage: { share: result.coverage.share },
  };
  const bodyWith = (metadata: Job['metadata'] | null): string =>
    JSON.stringify({ type, timestamp, data: { ...job, result: summary, metadata } });
  const body = bodyWith(job.metadata);
  return Buffer.byteLength(body) < MAX_BODY_BYTES ? body : bodyWith(null);
}

const count = Joi.number().integer().min(0).required();
const text = Joi.string().required();

/** What a receiver gets. */
export const deliveryBodySchema = (event: WebhookEvent) =>
  Joi.object({
    type: Joi.string().valid(event).required(),
    timestamp: Joi.string().isoDate().required().description('When the job ended.'),
    data: jobSchema
      .keys({
        result: resultSchema
          .keys({
            deck: deckSummarySchema.required(),
            coverage: Joi.object({ share: Joi.number().min(0).max(1).required() }).required(),
          })
          .allow(null)
          .required()
          .description('Without the cards. Null where there is no deck, or where it expired before the delivery.'),
        metadata: Joi.object()
          .pattern(Joi.string(), Joi.string().allow(''))
          .allow(null)
          .required()
          .description('Null where it would make the body 20,000 bytes or larger.'),
      })
      .required(),
  });

/** One attempt to deliver, as its client sees it. */
export interface DeliveryAttempt {
  readonly number: number;
  readonly at: string;
  /** `redelivery` was asked for, `automatic` was not. */
  readonly kind: 'automatic' | 'redelivery';
  readonly delivered: boolean;
  /** HTTP status of the answer; null when none came. */
  readonly status: number | null;
  readonly duration_ms: number;
  readonly reason: DeliveryReason;
}

/** Why an attempt ended as it did. */
export const DELIVERY_REASONS = [
  'ok', 'redirect', 'gone', 'client_error', 'rate_limited', 'server_error', 'unexpected_status', 'timeout',
  'address_refused', 'name_not_found', 'connection_failed', 'tls_failed', 'answer_unreadable', 'no_secret',
] as const; // prettier-ignore
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'held'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The delivery of a job's end, as its client sees it. */
export interface Delivery {
  readonly id: string;
  readonly type: WebhookEvent;
  readonly url: string;
  /** `held`: the URL gets no automatic attempts at present. */
  readonly state: DeliveryState;
  /** Of the last attempt; `url_disabled` where there is none, `lost` where its workers died too often. */
  readonly reason: DeliveryReason | 'url_disabled' | 'lost' | null;
  readonly created_at: string;
  /** Null while an attempt is made, and when none follows by itself. */
  readonly next_attempt_at: string | null;
  readonly expires_at: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

const time = () => Joi.string().isoDate();
export const deliverySchema = Joi.object<Delivery>({
  id: text.description('The same as the header `webhook-id`.'),
  type: Joi.string().valid(...WEBHOOK_EVENTS).required(),
  url: text,
  state: Joi.string().valid(...DELIVERY_STATES).required()
    .description('`held`: the URL gets no automatic attempts at present.'),
  reason: Joi.string().valid(...DELIVERY_REASONS, 'url_disabled', 'lost').allow(null).required()
    .description('Of the last attempt. Without attempts: `url_disabled`, or `lost` where its workers died too often.'),
  created_at: time().required(),
  next_attempt_at: time().allow(null).required()
    .description('Null while an attempt is made, and when no automatic one follows.'),
  expires_at: time().allow(null).required().description('When the log is removed. Null while attempts follow.'),
  attempts: Joi.array().items(
    Joi.object({
      number: Joi.number().integer().min(1).required(),
      at: time().required(),
      kind: Joi.string().valid('automatic', 'redelivery').required()
        .description('A `redelivery` was requested, an `automatic` attempt was not.'),
      delivered: Joi.boolean().required(),
      status: Joi.number().integer().allow(null).required().description('The HTTP status. Null without an answer.'),
      duration_ms: count,
      reason: Joi.string().valid(...DELIVERY_REASONS).required(),
    }),
  ).required().description('The last 20 attempts.'),
}); // prettier-ignore
