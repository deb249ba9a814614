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
  front: Joi.string()
    .required()
    .description('The question. For a `cloze`: the sentence, with its hidden words as `{{c1::words}}`.'),
  back: Joi.string().required().description('The answer. For a `cloze`: the hidden words.'),
  choices: Joi.array()
    .items(Joi.string())
    .min(3)
    .max(5)
    .description('The answers in the order to show them, `back` among them. Only a `choice` has them.'),
  tags: Joi.array().items(Joi.string()).required(),
  quote: Joi.string()
    .required()
    .description('The words of the text that the card is based on: exactly `text.slice(start, end)`.'),
  start: count.description('Offset of the quote in the submitted text, in UTF-16 code units.'),
  end: count.description('Offset of the end of the quote, in UTF-16 code units.'),
  review: Joi.string()
    .valid(...REVIEWS)
    .description("The reader's verdict. Files leave out rejected cards."),
  edited_at: Joi.string().isoDate().description('When the reader last changed the content of the card.'),
});

export const deckSchema = Joi.object<Deck>({
  title: Joi.string().required(),
  language: Joi.string().required().description('The language of the cards, as a BCP-47 tag.'),
  cards: Joi.array().items(cardSchema).required(),
});

/** A deck without its cards. */
export const deckSummarySchema = Joi.object<Omit<Deck, 'cards'>>({
  title: Joi.string().required(),
  language: Joi.string().required().description('The language of the cards, as a BCP-47 tag.'),
});

export const resultSchema = Joi.object<Result>({
  deck: deckSchema.required(),
  created_at: Joi.string().isoDate().description('When the deck was made. A cached deck is older than its job.'),
  partial: Joi.boolean().required().description('The deck has fewer cards than wanted; `dropped` says why.'),
  wanted: count,
  generated: count.description('Cards that the model wrote.'),
  kept: count,
  dropped: Joi.object()
    .pattern(Joi.string(), Joi.number().integer().min(1))
    .required()
    .description('How many cards were dropped, by reason code.'),
  coverage: Joi.object({
    share: Joi.number().min(0).max(1).required().description('The share of sentences that a quote touches.'),
    uncited: Joi.array()
      .items(Joi.array().ordered(count, count))
      .required()
      .description('The ranges of the text that no card quotes, as start and end.'),
  }).required(),
  model: Joi.string().required().description('The model that answered. It may be a fallback.'),
  prompt_version: Joi.string().required(),
});

export const usageSchema = Joi.object<Usage>({
  input_tokens: count,
  output_tokens: count,
  cost_usd: Joi.number().min(0).allow(null).required().description('US dollars. Null while unknown.'),
  final: Joi.boolean().required().description('False while the cost of a stopped call may still be added.'),
});
