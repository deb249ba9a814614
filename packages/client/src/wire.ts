/**
 * What goes over the wire, as the API's contract has it. This package depends on nothing, so the shapes are written here
 * once more; `wire.test.ts` is a compile error as soon as they and the contract differ.
 */
export type Status = 'queued' | 'running' | 'completed' | 'failed' | 'canceled';
export type CardType = 'basic' | 'reversed' | 'cloze' | 'choice';

/** Ways to download a deck. */
export const FORMATS = ['json', 'jsonl', 'csv', 'tsv', 'anki-txt', 'apkg', 'markdown', 'obsidian'] as const;
export type Format = (typeof FORMATS)[number];

/** `quote` is `text.slice(start, end)` of the text as it was posted. A `cloze` hides words of `front` as `{{c1::words}}`. */
export interface Card {
  readonly id: string;
  readonly type: CardType;
  readonly front: string;
  readonly back: string;
  /** Of a `choice` only: the answers in the order to show them; `back` is the right one. */
  readonly choices?: readonly string[];
  readonly tags: readonly string[];
  readonly quote: string;
  readonly start: number;
  readonly end: number;
  /** What its reader made of it; a rejected card is left out of files. */
  readonly review?: 'accepted' | 'rejected';
  /** When its reader last changed what it says. */
  readonly edited_at?: string;
}

/** Wishes for a file; a format takes those that mean something to it, and refuses the others. */
export interface FileOptions {
  /** `csv`, `tsv`: begin with a byte order mark, as Excel needs it for Chinese. */
  readonly bom?: boolean;
  /** `csv`: keep spreadsheets from running a cell as a formula. */
  readonly formula_guard?: boolean;
  /** `apkg`, `anki-txt`, `obsidian`: name of the deck. */
  readonly deck?: string;
  /** `anki-txt`: only the cards of this type. */
  readonly type?: CardType;
  /** `anki-txt`: name of the note type in the Anki that will read the file. */
  readonly notetype?: string;
}

/** What a reader changes of a card. What is absent stays; `review` null takes a verdict back. */
export interface CardEdit {
  readonly front?: string;
  readonly back?: string;
  readonly choices?: readonly string[];
  readonly tags?: readonly string[];
  readonly review?: 'accepted' | 'rejected' | null;
}

export interface Deck {
  readonly title: string;
  /** BCP-47. */
  readonly language: string;
  readonly cards: readonly Card[];
}

export interface Result {
  readonly deck: Deck;
  /** When the deck was made; of a cached one earlier than its job. */
  readonly created_at?: string;
  readonly partial: boolean;
  readonly wanted: number;
  readonly generated: number;
  readonly kept: number;
  /** Cards that were dropped, by reason code. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly coverage: { readonly share: number; readonly uncited: readonly (readonly [number, number])[] };
  readonly model: string;
  readonly prompt_version: string;
}

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** US dollars; null while unknown. */
  readonly cost_usd: number | null;
  readonly final: boolean;
}

export interface Progress {
  readonly stage: 'queued' | 'generating' | 'done';
  readonly cards: number;
  readonly cards_wanted: number;
  readonly percent: number;
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

export interface JobError {
  readonly code: JobErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

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
  readonly queue: { readonly position: number; readonly eta_seconds: number };
  readonly cache: 'miss' | 'hit' | 'collapsed';
  readonly retry_of: string | null;
  readonly parent: string | null;
  /** The trace of its submit (W3C trace context). */
  readonly trace_id: string | null;
  readonly result: Result | null;
  readonly usage: Usage;
  readonly error: JobError | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<'self' | 'events' | 'cards' | 'cancel', string>>;
}

/** A job without its cards: counts and links. */
export type JobSummary = Omit<Job, 'result'> & {
  readonly result: (Omit<Result, 'deck'> & { readonly deck: Omit<Deck, 'cards'> }) | null;
};

export interface Options {
  readonly cards?: number;
  readonly types?: readonly CardType[];
  /** `auto` (that of the text) or a BCP-47 tag. */
  readonly language?: string;
  readonly difficulty?: 'easy' | 'medium' | 'hard';
  readonly answer_length?: 'short' | 'medium' | 'detailed';
  readonly focus?: string;
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly model?: string;
}

/** Whom to tell of the end of a job; of all ends when `events` is left out. */
export interface Webhook {
  readonly url: string;
  readonly events?: readonly ('job.completed' | 'job.failed' | 'job.canceled')[];
}

/** One attempt to deliver the end of a job to its webhook. */
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

/** What a job's webhook was sent. */
export interface Delivery {
  /** Equal to `webhook-id`. */
  readonly id: string;
  readonly type: NonNullable<Webhook['events']>[number];
  readonly url: string;
  /** `held`: the URL gets no automatic attempts at present. */
  readonly state: 'pending' | 'delivered' | 'failed' | 'held';
  readonly reason: DeliveryReason | 'url_disabled' | 'lost' | null;
  readonly created_at: string;
  /** Null while an attempt is made, and when none follows by itself. */
  readonly next_attempt_at: string | null;
  readonly expires_at: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

/** The body of a submit. */
export interface SubmitRequest {
  readonly text: string;
  readonly options?: Options;
  readonly webhook?: Webhook;
  readonly priority?: 'interactive' | 'standard' | 'bulk';
  readonly deadline_seconds?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An item of a batch: a submit, and a key of its own where the batch is not repeated as a whole. */
export type BatchItem = SubmitRequest & { readonly idempotency_key?: string };

/** What became of an item of a batch: its job, or the problem that refused it. */
export interface BatchOutcome {
  /** What a submit of this item alone would have been answered. */
  readonly status: number;
  /** The key of this item was used before. */
  readonly replayed: boolean;
  readonly job: Job | null;
  readonly problem: Problem | null;
}

/** RFC 9457. Decide by `code`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  /** The trace of the request (W3C trace context), where there is one. */
  readonly trace_id?: string;
  readonly policy?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly retry_after_seconds?: number;
}

/** What jobs that ended on a day of UTC have used. */
export interface DayUsage {
  /** `2026-11-24`. */
  readonly date: string;
  readonly jobs: number;
  readonly cards: number;
  readonly cache_hits: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
}

/** One's own use. A limit, or what is left of it, is null where there is none. */
export interface UsageReport {
  /** Today first; other days without jobs are left out. */
  readonly days: readonly DayUsage[];
  /** By jobs that have not ended. */
  readonly reserved: { readonly open_jobs: number; readonly tokens: number; readonly cost_usd: number };
  readonly limits: Limits & { readonly submits_per_minute: number | null };
  readonly left: Limits;
}

export interface Limits {
  readonly open_jobs: number | null;
  readonly tokens_per_day: number | null;
  readonly usd_per_day: number | null;
}

/** All of one's jobs are being erased; until that is done submits are refused with 409. */
export interface Erasure {
  /** Names the receipt in the audit log. */
  readonly erasure_id: string;
  readonly status: 'erasing';
  readonly asked_at: string;
  /** What is not erased. */
  readonly stays: readonly string[];
}

/** How another version of a card should differ. */
export interface Replacement {
  /** In a few words: `shorter`, `ask for the year`. */
  readonly focus?: string;
  /** The whole text, for what the card's quote alone does not say. */
  readonly text?: string;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly next_cursor: string | null;
}

export interface QueueState {
  readonly depth: number;
  readonly running: number;
  readonly workers: number;
  readonly oldest_wait_seconds: number;
  readonly eta_seconds: number;
}

export const isTerminal = (status: Status): boolean => status !== 'queued' && status !== 'running';
