// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

/** The body of a submit. */
export interface SubmitRequest {
  /** The text to learn, as plain text or Markdown. Its length counts Unicode code points. */
  readonly text: string;
  readonly options?: Options | undefined;
  readonly webhook?: Webhook | undefined;
  /** @default standard */
  readonly priority?: Priority | undefined;
  /**
   * A job that has not ended after so many seconds fails.
   * @default 600
   */
  readonly deadline_seconds?: number | undefined;
  /** Your own labels, returned with the job. */
  readonly metadata?:
    | {
        readonly [key: string]: string;
      }
    | undefined;
}

/** Options of the deck. */
export interface Options {
  /** @default 10 */
  readonly cards?: number | undefined;
  /**
   * @default ["basic","cloze"]
   */
  readonly types?: readonly CardType[] | undefined;
  /**
   * The language of the cards: a BCP-47 tag, or `auto` for the language of the text.
   * @default auto
   */
  readonly language?: string | undefined;
  /** @default medium */
  readonly difficulty?: Difficulty | undefined;
  /** @default medium */
  readonly answer_length?: AnswerLength | undefined;
  /** What the cards should be about. */
  readonly focus?: string | undefined;
  /** The title of the deck. Without it: one from the text. */
  readonly title?: string | undefined;
  /** Tags of every card. */
  readonly tags?: readonly string[] | undefined;
  /** The model to ask, one of those that the server allows. */
  readonly model?: string | undefined;
}

/** How a card asks: one way, both ways, by hidden words, or by choices. */
export type CardType = 'basic' | 'reversed' | 'cloze' | 'choice';

export type Difficulty = 'easy' | 'medium' | 'hard';

export type AnswerLength = 'short' | 'medium' | 'detailed';

/** Where to notify of the end of the job. Requests are signed by Standard Webhooks. */
export interface Webhook {
  /** An https URL with port 443 or 8443 that leads to no private address. */
  readonly url: string;
  /**
   * The ends to notify of.
   * @default ["job.completed","job.failed","job.canceled"]
   */
  readonly events?: readonly WebhookEventType[] | undefined;
}

export type WebhookEventType = 'job.completed' | 'job.failed' | 'job.canceled';

/** The order among the caller's own waiting jobs. */
export type Priority = 'interactive' | 'standard' | 'bulk';

export interface BatchRequest {
  readonly jobs: readonly BatchItem[];
}

/** A submit within a batch, with an idempotency key of its own if need be. */
export interface BatchItem {
  /** The text to learn, as plain text or Markdown. Its length counts Unicode code points. */
  readonly text: string;
  readonly options?: Options | undefined;
  readonly webhook?: Webhook | undefined;
  /** @default standard */
  readonly priority?: Priority | undefined;
  /**
   * A job that has not ended after so many seconds fails.
   * @default 600
   */
  readonly deadline_seconds?: number | undefined;
  /** Your own labels, returned with the job. */
  readonly metadata?:
    | {
        readonly [key: string]: string;
      }
    | undefined;
  /** Like the header `Idempotency-Key` of a single submit, for this item alone. */
  readonly idempotency_key?: string | undefined;
}

/** How another version of a card should differ. */
export interface Replacement {
  /** The text to make the card from, such as the deck's own text. Without it: the card's quote. */
  readonly text?: string | undefined;
  /** What to change, in a few words: `shorter`, `ask for the year`. */
  readonly focus?: string | undefined;
}

/** The changes to a card. A field that is absent stays as it is. */
export interface CardEdit {
  /** The question. For a `cloze`: the sentence, with its hidden words as `{{c1::words}}`. */
  readonly front?: string | undefined;
  /** The answer. For a `choice` it also replaces the old answer in `choices`. For a `cloze` it follows from `front`. */
  readonly back?: string | undefined;
  /** The answers in the order to show them, `back` among them. Only a `choice` has them. */
  readonly choices?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** `rejected` leaves the card out of files. Null removes the verdict. */
  readonly review?: Review | null | undefined;
}

/** A reader's verdict on a card. Files leave out rejected cards. */
export type Review = 'accepted' | 'rejected';
