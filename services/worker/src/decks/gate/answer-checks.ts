import { fold } from '@flashcards/shared/text/fold';
import type { Span } from '../text/boundary';
import type { Draft } from './draft';
import { numbersIn } from './quote';
import { isUnspaced, classAt } from '../text/letters';
import { LIMITS, reaches } from './limits';
import { isFunctionWord } from '../text/stop-words';
import { tokens } from '../text/words';

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

/** A quote that is missing, or too short to prove something. Its own words count where it is not in the source. */
export function isQuoteShort(draft: Draft): boolean {
  const { span, candidate, brief } = draft;
  const quote = span ? brief.source.text.slice(span.start, span.end) : candidate.quote;
  return !reaches(LIMITS.quoteLeast, quote);
}

/** Digits of any width. */
const DIGIT = /[\d\uFF10-\uFF19]/;
/** Whether the quote says it to the letter; most do, and then nothing has to be compared. */
export const isQuoted = ({ candidate, span }: Draft, said: string): boolean =>
  span !== null && candidate.quote.includes(said);

/** A number that the card claims and the source does not hold. Of a cloze the whole sentence is a claim. */
export function inventsNumber(draft: Draft): boolean {
  const said = draft.isCloze ? draft.sentence : draft.candidate.back;
  if (!DIGIT.test(said) || isQuoted(draft, said)) return false;
  const claimed = numbersIn(draft.isCloze ? fold(said, 'match').text : draft.plainBack);
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

/** Whether what the quote says, alone or with what stands around it, bears the answer out. */
type Bearing = 'borne_out' | 'ungrounded' | 'ambiguous';

function bearing(draft: Draft): Bearing {
  const { span, brief, isCloze } = draft;
  // Of a cloze the whole sentence has to be the quote's; in another language words cannot be compared.
  if (!span || isCloze || !brief.sameLanguage || isQuoted(draft, draft.candidate.back)) return 'borne_out';
  const { plainBack, quoteText } = draft;
  if (quoteText.includes(plainBack)) return 'borne_out';
  const content = contentOf(plainBack);
  if (content.length === 0 || holdsEnough(content, quoteText)) return 'borne_out';
  const places = brief.source.placesOf(span);
  const bearers = places.filter((place) => holdsEnough(content, contextOf(draft, place)));
  if (bearers.length === 0) return 'ungrounded';
  if (bearers.length > 1) return 'ambiguous';
  draft.settle(bearers[0] as Span);
  return 'borne_out';
}

export const isUngrounded = (draft: Draft): boolean => bearing(draft) === 'ungrounded';
/** The quote stands at several places and more than one would bear the answer: which one is meant cannot be told. */
export const isAmbiguous = (draft: Draft): boolean => bearing(draft) === 'ambiguous';

/** The paragraph around a place, as far as a sentence or two reach. */
function contextOf({ brief }: Draft, { start, end }: Span): string {
  const { text } = brief.source;
  const before = text.slice(Math.max(0, start - LIMITS.around), start);
  const after = text.slice(end, end + LIMITS.around);
  const from = before.lastIndexOf('\n\n') + 1;
  const to = after.indexOf('\n\n');
  return fold(before.slice(from) + text.slice(start, end) + (to < 0 ? after : after.slice(0, to)), 'match').text;
}

/**
 * A word of an answer that says something, and of Chinese or Japanese, which is compared by pairs of characters, the one
 * that it makes with each neighbour.
 */
interface Content {
  readonly word: string;
  readonly pairs: readonly string[];
}

/** What an answer says; folded before. Numbers have a check of their own. */
function contentOf(answer: string): Content[] {
  const words = tokens(answer);
  const all = words.map((word, i): Content => {
    if (!isOfUnspaced(word)) return { word, pairs: [] };
    const pairs = [`${words[i - 1] ?? ''}${word}`, `${word}${words[i + 1] ?? ''}`];
    return { word, pairs: pairs.filter((pair) => pair.length > word.length && isOfUnspaced(pair)) };
  });
  const told = all.filter(({ word }) => !/^\d/.test(word));
  const content = told.filter(({ word }) => !isFunctionWord(word));
  return content.length > 0 ? content : told;
}

const isOfUnspaced = (word: string): boolean => isUnspaced(classAt(word, 0));

function holdsEnough(content: readonly Content[], context: string): boolean {
  const words = tokens(context);
  const known = new Set(words);
  const held = content.filter(({ word, pairs }) =>
    pairs.length > 0
      ? pairs.some((pair) => context.includes(pair))
      : known.has(word) || (!isOfUnspaced(word) && isInflected(word, words)),
  ).length;
  return held >= content.length * LIMITS.borneOut;
}

const STEM_SHARE = 0.7;
const LEAST_STEM = 4;

/** `absorbs` for `absorbed`: another form of a word begins alike. */
function isInflected(word: string, words: readonly string[]): boolean {
  if (word.length < LEAST_STEM) return false;
  const stem = word.slice(0, Math.max(LEAST_STEM, Math.ceil(word.length * STEM_SHARE)));
  return words.some((other) => other.startsWith(stem));
}
