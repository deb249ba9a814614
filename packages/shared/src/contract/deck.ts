import { Joi } from './text';

/** Ways to ask. `basic` asks one way, `reversed` both ways, `cloze` hides words, `choice` offers answers. */
export const CARD_TYPES = ['basic', 'reversed', 'cloze', 'choice'] as const;
export type CardType = (typeof CARD_TYPES)[number];

/** What a reader may make of a card. */
export const REVIEWS = ['accepted', 'rejected'] as const;
export type Review = (typeof REVIEWS)[number];

/**
 * One card of a deck.
 * - `front`: the question; of a `cloze` the sentence in Anki's grammar (`{{c1::hidden::hint}}`).
 * - `back`: the answer; of a `cloze` the hidden words, of a `choice` the one of `choices` that is right.
 * - `choices`: of a `choice` only: 3 to 5 answers in the order to show them.
 * - `review`: what its reader made of it; a rejected card is left out of files.
 * - `edited_at`: when its reader last changed what it says, RFC 3339 in UTC; absent when nobody did.
 * - `quote`: `text.slice(start, end)` of the text as it was posted; `start` and `end` are UTF-16 code units.
 */
export interface Card {
  readonly id: string;
  readonly type: CardType;
  readonly front: string;
  readonly back: string;
  readonly choices?: readonly string[];
  readonly tags: readonly string[];
  readonly quote: string;
  readonly start: number;
  readonly end: number;
  readonly review?: Review;
  readonly edited_at?: string;
}

export interface Deck {
  readonly title: string;
  /** BCP-47 tag of the language the cards are written in. */
  readonly language: string;
  readonly cards: readonly Card[];
}

/** What a finished job produced, and what became of the cards that are not in it. */
export interface Result {
  readonly deck: Deck;
  /** When the deck was made, RFC 3339 in UTC; of a cached one earlier than its job. */
  readonly created_at?: string;
  /** Fewer cards than wanted were kept; `dropped` says why. */
  readonly partial: boolean;
  readonly wanted: number;
  readonly generated: number;
  readonly kept: number;
  /** Cards that were dropped, by the gate's reason code. */
  readonly dropped: Readonly<Record<string, number>>;
  /** How much of the text the cards rest on: share of its sentences, and the ranges no card cites. */
  readonly coverage: { readonly share: number; readonly uncited: readonly (readonly [number, number])[] };
  /** The model that answered; it may be a fallback. */
  readonly model: string;
  readonly prompt_version: string;
}

/** Tokens and money of the model calls of a job. `cost_usd` is null while a call's cost is unknown. */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number | null;
  /** False while a call that was given up may still be billed. */
  readonly final: boolean;
}

const count = Joi.number().integer().min(0).required();

export const cardSchema = Joi.object<Card>({
  id: Joi.string()
    .pattern(/^c_[0-9a-f]{12}$/, { name: 'must be the id of a card' })
    .required(),
  type: Joi.string()
    .valid(...CARD_TYPES)
    .required(),
  front: Joi.string().required().description("The question; of a cloze the sentence in Anki's grammar."),
  back: Joi.string().required().description('The answer; of a cloze the hidden words.'),
  choices: Joi.array().items(Joi.string()).min(3).max(5).description('Only of a choice: the answers to show.'),
  tags: Joi.array().items(Joi.string()).required(),
  quote: Joi.string().required().description('Exactly text.slice(start, end) of the text that was posted.'),
  start: count.description('First UTF-16 code unit of the quote.'),
  end: count.description('One past the last UTF-16 code unit of the quote.'),
  review: Joi.string()
    .valid(...REVIEWS)
    .description('What its reader made of it; a rejected card is left out of files.'),
  edited_at: Joi.string().isoDate().description('When its reader last changed what it says.'),
});

export const deckSchema = Joi.object<Deck>({
  title: Joi.string().required(),
  language: Joi.string().required().description('BCP-47.'),
  cards: Joi.array().items(cardSchema).required(),
});

/** A deck without its cards. */
export const deckSummarySchema = Joi.object<Omit<Deck, 'cards'>>({
  title: Joi.string().required(),
  language: Joi.string().required().description('BCP-47.'),
});

export const resultSchema = Joi.object<Result>({
  deck: deckSchema.required(),
  created_at: Joi.string().isoDate().description('When the deck was made; of a cached one earlier than its job.'),
  partial: Joi.boolean().required(),
  wanted: count,
  generated: count,
  kept: count,
  dropped: Joi.object().pattern(Joi.string(), Joi.number().integer().min(1)).required(),
  coverage: Joi.object({
    share: Joi.number().min(0).max(1).required(),
    uncited: Joi.array()
      .items(Joi.array().items(Joi.number().integer().min(0)).length(2))
      .required(),
  }).required(),
  model: Joi.string().required(),
  prompt_version: Joi.string().required(),
});

export const usageSchema = Joi.object<Usage>({
  input_tokens: count,
  output_tokens: count,
  cost_usd: Joi.number().min(0).allow(null).required().description('US dollars; null while unknown.'),
  final: Joi.boolean().required(),
});
