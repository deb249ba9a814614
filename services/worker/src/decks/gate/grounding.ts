import { fold } from '@flashcards/shared/text/fold';
import type { Candidate } from '../read/candidate';
import type { Span } from '../text/boundary';
import { classAt, isUnspaced } from '../text/letters';
import { isFunctionWord } from '../text/stop-words';
import { tokens } from '../text/words';
import { LIMITS } from './limits';
import type { Source } from './quote';

/** An answer and the quote that must bear it out. */
export interface Claim {
  readonly candidate: Candidate;
  readonly isCloze: boolean;
  readonly brief: { readonly source: Source; readonly sameLanguage: boolean };
  /** Where the quote stands in the source; null when it does not. */
  readonly span: Span | null;
  readonly plainBack: string;
  readonly quoteText: string;
}

/** Whether what the quote says, alone or with what stands around it, bears the answer out. */
export type Grounding =
  /** `place` is the one that is meant, where the quote stands at several. */
  { readonly kind: 'grounded'; readonly place: Span | null } | { readonly kind: 'ungrounded' | 'ambiguous' };

export function groundingOf(claim: Claim): Grounding {
  const { span, brief, isCloze, candidate } = claim;
  // The whole sentence of a cloze has to be the quote's. Across languages, words cannot be compared.
  if (!span || isCloze || !brief.sameLanguage || isQuoted(claim, candidate.back))
    return { kind: 'grounded', place: span };
  // These views are costly, and most claims do not need them.
  const { plainBack, quoteText } = claim;
  if (quoteText.includes(plainBack)) return { kind: 'grounded', place: span };
  const content = contentOf(plainBack);
  if (content.length === 0 || holdsEnough(content, quoteText)) return { kind: 'grounded', place: span };
  const places = brief.source.placesOf(span);
  const [place, another] = places.filter((one) => holdsEnough(content, contextOf(brief.source, one)));
  if (!place) return { kind: 'ungrounded' };
  return another ? { kind: 'ambiguous' } : { kind: 'grounded', place };
}

/** Whether the quote says it to the letter. Most do, and then nothing has to be compared. */
export const isQuoted = ({ candidate, span }: Pick<Claim, 'candidate' | 'span'>, answer: string): boolean =>
  span !== null && candidate.quote.includes(answer);

/** The paragraph around a place, as far as a sentence or two reach. */
function contextOf({ text }: Source, { start, end }: Span): string {
  const before = text.slice(Math.max(0, start - LIMITS.around), start);
  const after = text.slice(end, end + LIMITS.around);
  const from = before.lastIndexOf('\n\n') + 1;
  const to = after.indexOf('\n\n');
  return fold(before.slice(from) + text.slice(start, end) + (to < 0 ? after : after.slice(0, to)), 'match').text;
}

/**
 * A word of an answer that says something. Chinese and Japanese are compared by pairs: those that a character makes
 * with each neighbour.
 */
interface Content {
  readonly word: string;
  readonly pairs: readonly string[];
}

/** What a folded answer says. Numbers have a check of their own. */
function contentOf(answer: string): Content[] {
  const words = tokens(answer);
  const all = words.map((word, i): Content => {
    if (!isOfUnspaced(word)) return { word, pairs: [] };
    const pairs = [`${words[i - 1] ?? ''}${word}`, `${word}${words[i + 1] ?? ''}`];
    return { word, pairs: pairs.filter((pair) => pair.length > word.length && isOfUnspaced(pair)) };
  });
  const worded = all.filter(({ word }) => !/^\d/.test(word));
  const content = worded.filter(({ word }) => !isFunctionWord(word));
  return content.length > 0 ? content : worded;
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
