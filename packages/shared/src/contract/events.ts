import { type Card, type Deck, type Result, cardSchema, deckSummarySchema, resultSchema } from './deck';
import type { AnySchema, Schema } from './schema';
import { Joi } from './text';
import { type Job, type Progress, type Status, jobSchema } from './job';

/** The job without its cards: counts and links. */
export type JobSummary = Omit<Job, 'result'> & {
  readonly result: (Omit<Result, 'deck'> & { readonly deck: Omit<Deck, 'cards'> }) | null;
};

/**
 * What happened to a job.
 * - `status`: it is `queued` (also between attempts) or `running` now;
 * - `progress`: how far it is, after each few cards;
 * - `card`: one card was kept; it stands in the deck unless the job fails;
 * - `done`: it ended, once and for good. Comes again only if what a canceled job cost became known afterwards.
 */
export type JobEvent =
  | { readonly type: 'status'; readonly data: { readonly status: Status } }
  | { readonly type: 'progress'; readonly data: Progress }
  | { readonly type: 'card'; readonly data: Card }
  | { readonly type: 'done'; readonly data: JobSummary };

export type EventType = JobEvent['type'];

/** An event and its number: they grow by job, begin with 1, and the last one is the job's `ETag`. */
export interface Numbered {
  readonly number: number;
  readonly event: JobEvent;
}

export const statusEvent = (status: Status): JobEvent => ({ type: 'status', data: { status } });
export const progressEvent = (progress: Progress): JobEvent => ({ type: 'progress', data: progress });
export const cardEvent = (card: Card): JobEvent => ({ type: 'card', data: card });
export const doneEvent = (job: Job): JobEvent => ({ type: 'done', data: summaryOf(job) });

export function summaryOf(job: Job): JobSummary {
  if (!job.result) return { ...job, result: null };
  const { title, language } = job.result.deck;
  return { ...job, result: { ...job.result, deck: { title, language } } };
}

const summarySchema: Schema<JobSummary> = jobSchema.keys({
  result: resultSchema.keys({ deck: deckSummarySchema.required() }).allow(null).required(),
});

type EventSchemas = { readonly [E in JobEvent as E['type']]: Schema<E['data']> };

/** The data of each type of event, for the API's document. An end is `done`, never a `status`. */
export const EVENT_SCHEMAS = {
  status: Joi.object({ status: Joi.string().valid('queued', 'running').required() }),
  progress: jobSchema.extract('progress'),
  card: cardSchema,
  done: summarySchema,
} satisfies Omit<EventSchemas, 'status'> & Record<'status', AnySchema>;
