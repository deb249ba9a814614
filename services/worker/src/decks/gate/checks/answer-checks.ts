import { fold } from '@flashcards/shared/text/fold';
import type { Draft } from '../draft';
import { isQuoted } from '../grounding';
import { LIMITS, reaches } from '../limits';
import { numbersIn } from '../quote';

/** How small numbers are written out: a source that says `three` bears an answer that says `3`. */
const WRITTEN_OUT: readonly (readonly string[])[] = [
  ['零', '〇', 'zero', 'null', 'zéro', 'cero'],
  ['一', 'one', 'first', 'ein', 'eine', 'einer', 'un', 'une', 'uno', 'una', 'um', 'uma'],
  ['二', '两', '兩', 'two', 'both', 'second', 'zwei', 'deux', 'dos', 'due', 'dois', 'duas'],
  ['三', 'three', 'third', 'drei', 'trois', 'tres', 'tre', 'três'],
  ['四', 'four', 'fourth', 'vier', 'quatre', 'cuatro', 'quattro', 'quatro'],
  ['五', 'five', 'fifth', 'fünf', 'cinq', 'cinco', 'cinque'],
  ['六', 'six', 'sixth', 'sechs', 'seis', 'sei'],
  ['七', 'seven', 'seventh', 'sieben', 'sept', 'siete', 'sette', 'sete'],
  ['八', 'eight', 'eighth', 'acht', 'huit', 'ocho', 'otto', 'oito'],
  ['九', 'nine', 'ninth', 'neun', 'neuf', 'nueve', 'nove'],
  ['十', 'ten', 'tenth', 'zehn', 'dix', 'diez', 'dieci', 'dez'],
];

/**
 * The quote is missing, or too short to prove anything. A quote that is not in the source counts by its own words.
 */
export function isQuoteShort(draft: Draft): boolean {
  const { span, candidate, brief } = draft;
  const quote = span ? brief.source.text.slice(span.start, span.end) : candidate.quote;
  return !reaches(LIMITS.minQuote, quote);
}

/** Digits of any width. */
const DIGIT = /[\d\uFF10-\uFF19]/;

/** The card claims a number that the source does not hold. In a cloze the whole sentence is a claim. */
export function inventsNumber(draft: Draft): boolean {
  const claim = draft.isCloze ? draft.sentence : draft.candidate.back;
  if (!DIGIT.test(claim) || isQuoted(draft, claim)) return false;
  const claimed = numbersIn(draft.isCloze ? fold(claim, 'match').text : draft.plainBack);
  const quoted = numbersIn(draft.quoteText);
  return claimed.some((number) => !quoted.includes(number) && !holdsNumber(draft, number));
}

function holdsNumber({ brief }: Draft, number: string): boolean {
  const { numbers, folded } = brief.source;
  return numbers.has(number) || (WRITTEN_OUT[Number(number)] ?? []).some((word) => standsIn(word, folded.text));
}

function standsIn(word: string, text: string): boolean {
  if (word.charCodeAt(0) >= 0x3000) return text.includes(word);
  return new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, 'u').test(text);
}

export const isUngrounded = ({ grounding }: Draft): boolean => grounding.kind === 'ungrounded';
/** The quote stands at several places, and more than one bears the answer out. */
export const isAmbiguous = ({ grounding }: Draft): boolean => grounding.kind === 'ambiguous';
