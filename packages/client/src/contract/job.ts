// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

import type { CardType, Review } from './submit';
import type { Problem } from './account';

/** A job. Times are RFC 3339 in UTC. */
export interface Job {
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
  readonly result: Result | null;
  readonly usage: Usage;
  readonly error: JobError | null;
  readonly metadata: {
    readonly [key: string]: string;
  };
  readonly links: JobLinks;
}

export type Status = 'queued' | 'running' | 'completed' | 'failed' | 'canceled';

export interface Progress {
  readonly stage: 'queued' | 'generating' | 'done';
  readonly cards: number;
  readonly cards_wanted: number;
  readonly percent: number;
}

export interface QueuePosition {
  /** Its number among all waiting jobs, in the order in which they start. 0 once a worker has it. */
  readonly position: number;
  /** Estimated seconds until it ends. */
  readonly eta_seconds: number;
}

/** `hit`: the deck was stored already. `collapsed`: the job shares the call of an identical job. */
export type CacheStatus = 'miss' | 'hit' | 'collapsed';

export interface JobLinks {
  readonly self: string;
  readonly events: string;
  readonly cards: string;
  readonly cancel: string;
}

/** The tokens and the cost of the model calls of a job. */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** US dollars. Null while unknown. */
  readonly cost_usd: number | null;
  /** False while the cost of a stopped call may still be added. */
  readonly final: boolean;
}

/** Why a job failed. Decide by `code`. */
export interface JobError {
  readonly code: JobErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export type JobErrorCode =
  | 'model_unavailable'
  | 'model_rate_limited'
  | 'model_rejected'
  | 'model_auth'
  | 'model_budget'
  | 'model_output_invalid'
  | 'no_cards'
  | 'deadline_exceeded'
  | 'worker_crashed'
  | 'internal';

/** What a job made: the deck, and an account of the cards that are not in it. */
export interface Result {
  readonly deck: Deck;
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
  readonly coverage: Coverage;
  /** The model that answered. It may be a fallback. */
  readonly model: string;
  readonly prompt_version: string;
}

/** How much of the text the cards quote. */
export interface Coverage {
  /** The share of sentences that a quote touches. */
  readonly share: number;
  /** The ranges of the text that no card quotes, as start and end. */
  readonly uncited: readonly (readonly [number, number])[];
}

export interface Deck {
  readonly title: string;
  /** The language of the cards, as a BCP-47 tag. */
  readonly language: string;
  readonly cards: readonly Card[];
}

export interface Card {
  readonly id: string;
  readonly type: CardType;
  /** The question. For a `cloze`: the sentence, with its hidden words as `{{c1::words}}`. */
  readonly front: string;
  /** The answer. For a `cloze`: the hidden words. */
  readonly back: string;
  /** The answers in the order to show them, `back` among them. Only a `choice` has them. */
  readonly choices?: readonly string[];
  readonly tags: readonly string[];
  /** The words of the text that the card is based on: exactly `text.slice(start, end)`. */
  readonly quote: string;
  /** Offset of the quote in the submitted text, in UTF-16 code units. */
  readonly start: number;
  /** Offset of the end of the quote, in UTF-16 code units. */
  readonly end: number;
  /** The reader's verdict. Files leave out rejected cards. */
  readonly review?: Review;
  /** When the reader last changed the content of the card. */
  readonly edited_at?: string;
}

/** A deck that may still grow. `title` is empty before the first card. */
export interface DeckSoFar {
  /** The language of the cards, as a BCP-47 tag. */
  readonly language: string;
  readonly cards: readonly Card[];
  readonly title: string;
}

/** A job without its cards: counts and links. */
export interface JobSummary {
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
  readonly metadata: {
    readonly [key: string]: string;
  };
  readonly links: JobLinks;
  readonly result: ResultSummary | null;
}

/** A result without the cards. */
export interface ResultSummary {
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
  readonly coverage: Coverage;
  /** The model that answered. It may be a fallback. */
  readonly model: string;
  readonly prompt_version: string;
  readonly deck: DeckSummary;
}

/** A deck without its cards. */
export interface DeckSummary {
  readonly title: string;
  /** The language of the cards, as a BCP-47 tag. */
  readonly language: string;
}

/** The data of an event `status`. */
export interface StatusChange {
  readonly status: 'queued' | 'running';
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly next_cursor: string | null;
}

export interface BatchAnswer {
  /** One outcome an item, in their order. */
  readonly items: readonly BatchOutcome[];
}

/** The outcome of one item: its job, or the problem that refused it. */
export interface BatchOutcome {
  /** The HTTP status that a submit of this item alone would get. */
  readonly status: number;
  /** The idempotency key of this item was used before. */
  readonly replayed: boolean;
  readonly job: Job | null;
  readonly problem: Problem | null;
}
