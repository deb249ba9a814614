import { fold } from '@flashcards/shared/contract/fold';
import type { Draft } from './draft';
import { numbersIn } from './ground';
import { LIMITS, usedOf } from './limits';

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

/** Whether the quote stands in the source, is long enough to prove something, and bears the numbers of the answer. */
export function isGrounded(draft: Draft): boolean {
  const { source } = draft.brief;
  if (!draft.span) return false;
  const found = source.text.slice(draft.span.start, draft.span.end);
  return usedOf(LIMITS.quoteLeast, found) >= 1 && unknownNumbers(draft).length === 0;
}

/** Numbers that the card claims and the source does not hold. Of a cloze the whole sentence is a claim. */
function unknownNumbers(draft: Draft): string[] {
  const { numbers, folded } = draft.brief.source;
  const claim = draft.isCloze ? fold(draft.sentence, 'match').text : draft.plainBack;
  return numbersIn(claim).filter((number) => !numbers.has(number) && !isWrittenOut(number, folded.text));
}

const isWrittenOut = (number: string, text: string): boolean =>
  (WRITTEN_OUT[Number(number)] ?? []).some((word) => standsIn(word, text));

function standsIn(word: string, text: string): boolean {
  if (word.charCodeAt(0) >= 0x3000) return text.includes(word);
  return new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, 'u').test(text);
}
