import type { Draft } from './draft';
import { LIMITS } from './limits';
import type { Phrases } from './phrases';
import { wideCount } from '../text/words';

/**
 * The wording of a card. The sentence of a cloze is the source's, so only what a learner stumbles over is looked for.
 */
const everything = ({ sentence, candidate, isCloze }: Draft): string =>
  isCloze || candidate.back === '' ? sentence : `${sentence}\n${candidate.back}`;

/** Speaks of the text or its author. */
export const isMeta = (draft: Draft): boolean => draft.brief.phrases.meta.test(everything(draft));

/** Points at what only the text shows, or offers answers where there are none. */
export const isDeictic = (draft: Draft): boolean =>
  draft.brief.phrases.deictic.test(everything(draft)) ||
  (draft.candidate.type !== 'choice' && draft.brief.phrases.offers.test(draft.candidate.front));

/** Names the thing only by a pronoun. A lead such as `[heart]` before it names it. */
export const isDangling = ({ brief, sentence }: Draft): boolean => brief.phrases.dangling.test(sentence.trimStart());

export const isVague = ({ brief, candidate, isCloze }: Draft): boolean =>
  !isCloze && candidate.type !== 'reversed' && brief.phrases.vague.test(candidate.front);

/** A question or an answer that is only yes or no. */
export function isYesNo({ brief, candidate, isCloze }: Draft): boolean {
  if (isCloze) return false;
  const { binary, verdict, asks } = brief.phrases;
  if (asks.test(candidate.front)) return false;
  return verdict.test(candidate.back) || binary.test(candidate.front);
}

export const isCompound = ({ brief, candidate, isCloze }: Draft): boolean =>
  !isCloze && (brief.phrases.compound.test(candidate.front) || asksAgain(candidate.front, brief.phrases));

function asksAgain(front: string, { asks, asksAgain: again }: Phrases): boolean {
  const first = asks.exec(front);
  return first !== null && again.test(front.slice(first.index + first[0].length));
}

/** A term in front of its definition is a name, no question and no sentence with a gap. */
export const isNoTerm = ({ candidate }: Draft): boolean =>
  candidate.type === 'reversed' && /[?？]\s*$|[。！!]\s*\S|_{2,}/.test(candidate.front);

const ITEM_BREAK = /[、;；\n•]|[,，](?!\d{3}(?!\d))|\s(?:and|und|et|y|e|og)\s|以及|[和与與及]/;
const MAY_LIST = /[、,，;；\n•]/;
const ITEM = { narrow: 32, wide: 12 };

/** An answer that lists more than a learner recalls at once. Clauses are longer than the items of a list. */
export function isEnumeration({ candidate }: Draft): boolean {
  const { type, back } = candidate;
  if (type !== 'basic' && type !== 'reversed') return false;
  if (!MAY_LIST.test(back)) return false;
  const items = back
    .split(ITEM_BREAK)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length <= LIMITS.listItems) return false;
  return items.filter(isShort).length > LIMITS.listItems;
}

const isShort = (item: string): boolean => {
  const wide = wideCount(item);
  return wide / ITEM.wide + (item.length - wide) / ITEM.narrow <= 1;
};
