import { type ClozePart, deletions, parseCloze } from '../text/cloze';
import type { Card } from '../contract/deck';

/** One thing to ask and its answer, for readers that know nothing but questions. */
export interface Question {
  readonly question: string;
  readonly answer: string;
}

const LETTERS = 'ABCDE';

/**
 * A card as questions. A `cloze` gives one question for each number, with the places of that number left open. A
 * `choice` has its answers under the question, by letter. A `reversed` card is one question.
 */
export function questionsOf(card: Card): readonly Question[] {
  if (card.type === 'choice') return [{ question: withChoices(card), answer: card.back }];
  const parts = card.type === 'cloze' ? parseCloze(card.front) : null;
  if (!parts) return [{ question: card.front, answer: card.back }];
  const ordinals = [...new Set(deletions(parts).map(({ ordinal }) => ordinal))].sort((a, b) => a - b);
  return ordinals.map((ordinal) => ({ question: openAt(parts, ordinal), answer: hiddenAt(parts, ordinal) }));
}

const withChoices = ({ front, choices = [] }: Card): string =>
  [front, ...choices.map((choice, i) => `${LETTERS[i] ?? i + 1}. ${choice}`)].join('\n');

const openAt = (parts: readonly ClozePart[], ordinal: number): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return part.ordinal === ordinal ? `[${part.hint ?? '…'}]` : part.hidden;
    })
    .join('');

const hiddenAt = (parts: readonly ClozePart[], ordinal: number): string =>
  [
    ...new Set(
      deletions(parts)
        .filter((place) => place.ordinal === ordinal)
        .map(({ hidden }) => hidden),
    ),
  ].join('; ');

/** A cloze with all its places open. */
export const openSentence = (front: string): string =>
  (parseCloze(front) ?? [front]).map((part) => (typeof part === 'string' ? part : `[${part.hint ?? '…'}]`)).join('');
