import { deletions, hasClozeMarkers, hiddenWords, parseCloze } from '../text/cloze';
import { type Card, REVIEWS, type Review } from './deck';
import type { FieldError } from './errors';
import { fold } from '../text/fold';
import { Joi } from './text';

/** What a reader changes of a card. What is absent stays; `review` null takes a verdict back. */
export interface CardEdit {
  readonly front?: string;
  readonly back?: string;
  readonly choices?: readonly string[];
  readonly tags?: readonly string[];
  readonly review?: Review | null;
}

const MAX_CODE_POINTS = 2_000;
const MAX_CHOICE_CODE_POINTS = 500;
const MAX_TAGS = 32;
const words = (max: number) =>
  Joi.string().maxCodePoints(max).plain().pattern(/\S/u, { name: 'contains only white space' });

/** A tag of a card: Anki separates tags by blanks, spreadsheets by commas. */
export const tagSchema = Joi.string()
  .maxCodePoints(64)
  .plain()
  .pattern(/^[^\s,]+$/u, { name: 'cannot contain spaces or commas' });

export const cardEditSchema = Joi.object<CardEdit>({
  front: words(MAX_CODE_POINTS).description(
    'The question. For a `cloze`: the sentence, with its hidden words as `{{c1::words}}`.',
  ),
  back: words(MAX_CODE_POINTS).description(
    'The answer. For a `choice` it also replaces the old answer in `choices`. For a `cloze` it follows from `front`.',
  ),
  choices: Joi.array()
    .items(words(MAX_CHOICE_CODE_POINTS))
    .min(3)
    .max(5)
    .description('The answers in the order to show them, `back` among them. Only a `choice` has them.'),
  tags: Joi.array().items(tagSchema).max(MAX_TAGS).unique(),
  review: Joi.string()
    .valid(...REVIEWS)
    .allow(null)
    .description('`rejected` leaves the card out of files. Null removes the verdict.'),
})
  .min(1)
  .required();

export type Edited =
  | { readonly kind: 'edited'; readonly card: Card; readonly rewritten: boolean }
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

/**
 * The card after an edit at `now` (Unix milliseconds), or everything that its type forbids. `rewritten` says whether
 * its content changed. Only then does `edited_at` move, by at least a second, because Anki's clock counts whole
 * seconds. `before` is when the card last changed.
 */
export function editCard(card: Card, edit: CardEdit, { now, before }: { now: number; before: number }): Edited {
  const { review, ...content } = edit;
  const next: Card = { ...card, ...content, ...backAndChoices(card, edit) };
  const errors = Object.keys(content).length > 0 ? faultsOf(next, edit) : [];
  if (errors.length > 0) return { kind: 'refused', errors };
  const rewritten = contentOf(next) !== contentOf(card);
  const editedAt = Math.max(now, Math.floor(before / 1_000) * 1_000 + 1_000);
  return {
    kind: 'edited',
    card: reviewed(rewritten ? { ...next, edited_at: new Date(editedAt).toISOString() } : card, review),
    rewritten,
  };
}

const contentOf = ({ front, back, choices, tags }: Card): string => JSON.stringify([front, back, choices, tags]);

function reviewed(card: Card, review: Review | null | undefined): Card {
  if (review === undefined) return card;
  const { review: _before, ...rest } = card;
  return review === null ? rest : { ...rest, review };
}

function backAndChoices(card: Card, { front, back, choices }: CardEdit): Partial<Card> {
  if (card.type === 'cloze' && front !== undefined) return { back: hiddenWords(front).join('; ') };
  if (card.type !== 'choice' || back === undefined || choices !== undefined) return {};
  return { choices: (card.choices ?? []).map((choice) => (choice === card.back ? back : choice)) };
}

const fault = (pointer: string, detail: string): FieldError => ({ pointer, detail });

function faultsOf(next: Card, edit: CardEdit): FieldError[] {
  if (next.type === 'cloze') return clozeFaults(next, edit);
  const marked = (['front', 'back'] as const).filter(
    (field) => edit[field] !== undefined && hasClozeMarkers(next[field]),
  );
  return [
    ...marked.map((field) => fault(`/${field}`, `cannot hide words in a card of type ${next.type}`)),
    ...(next.type === 'choice' ? choiceFaults(next) : notAChoice(next, edit)),
  ];
}

const notAChoice = ({ type }: Card, { choices }: CardEdit): FieldError[] =>
  choices === undefined ? [] : [fault('/choices', `is not a field of cards of type ${type}`)];

function clozeFaults(next: Card, edit: CardEdit): FieldError[] {
  const faults = notAChoice(next, edit);
  const parts = parseCloze(next.front);
  if (!parts || deletions(parts).length === 0)
    return [...faults, fault('/front', 'must hide words as {{c1::words}} or {{c1::words::hint}}, numbered from c1')];
  if (edit.back === undefined || edit.back === hiddenWords(next.front).join('; ')) return faults;
  return [...faults, fault('/back', 'follows from `front` in a cloze; leave it out')];
}

function choiceFaults({ back, choices = [] }: Card): FieldError[] {
  const seen = choices.map((choice) => fold(choice, 'match').text.trim());
  return [
    ...(new Set(seen).size === seen.length ? [] : [fault('/choices', 'must all be different')]),
    ...(choices.includes(back) ? [] : [fault('/choices', 'must include the back')]),
  ];
}
