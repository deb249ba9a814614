import type { CardType } from '@flashcards/shared/contract/deck';
import { keysOf } from '@flashcards/shared/contract/schema';
import { hasTwins, isAboutOthers, isMiscounted, standsOut } from './checks/choices';
import { hidesTooMuch, hidesNothing, isClozeFaulty, isCrowded, isReworded } from './checks/cloze-checks';
import type { Draft } from './draft';
import type { Duplicates } from './duplicates';
import { inventsNumber, isAmbiguous, isQuoteShort, isUngrounded } from './checks/answer-checks';
import { isForeign, mixesVariants } from './checks/language-checks';
import { leaks } from './leak';
import { LIMITS, exceeds, inWords } from './limits';
import { hasInventedLink, hasMarkup, obeysOrders } from './markup';
import { isCompound, isDangling, isDeictic, isEnumeration, isMeta, isNoTerm, isVague, isYesNo } from './wording';

/** One way for a card to be dropped: what the prompt says about it, and what finds it. */
export interface ReasonRow {
  /** The rule as the prompt prints it. */
  readonly rule: string;
  /** The one type of card whose writer has to know the rule. Without it, all have to. */
  readonly only?: CardType;
  /**
   * Whether the card breaks the rule. Some rules have no check: the gate applies them before there is a draft, or
   * after all calls.
   */
  readonly check?: (draft: Draft, deck: Duplicates) => boolean;
}

/**
 * Every reason to drop a card, in the order of the checks. Cheap checks and lengths come first, and comparisons with
 * other cards last. A card is dropped for the first reason that holds.
 */
export const REASONS = {
  schema: { rule: 'Every card has all the keys of the contract.' },
  type_unwanted: {
    rule: 'Only types that the request lists under "types".',
    check: ({ candidate, brief }) => !brief.options.types.includes(candidate.type),
  },
  over_count: {
    rule: 'Write as many cards as the request says under "cards", spread over the whole source; fewer if it does not bear so many.',
  },
  empty: {
    rule: 'Front and back both say something.',
    check: ({ candidate, isCloze }) => isBlank(candidate.front) || (!isCloze && isBlank(candidate.back)),
  },
  front_long: {
    rule:
      `Front, by the request's "difficulty": easy at most ${inWords(LIMITS.front.easy)}, medium ${inWords(LIMITS.front.medium)}, ` +
      `hard ${inWords(LIMITS.front.hard)}; a cloze sentence ${inWords(LIMITS.clozeSentence)}; a term ${inWords(LIMITS.term)}.`,
    check: isFrontLong,
  },
  answer_long: {
    rule:
      `Back and each choice, by the request's "answer_length": short at most ${inWords(LIMITS.back.short)}, ` +
      `medium ${inWords(LIMITS.back.medium)}, detailed ${inWords(LIMITS.back.detailed)}.`,
    check: isAnswerLong,
  },
  quote_long: {
    rule: `Quote: at most ${inWords(LIMITS.maxQuote)}.`,
    check: ({ candidate }) => exceeds(LIMITS.maxQuote, candidate.quote),
  },
  html: { rule: 'Plain text: no HTML, no entities, no images.', check: hasMarkup },
  invented_link: { rule: 'No address or link that the source does not hold.', check: hasInventedLink },
  orders: {
    rule: 'No card of orders to a model that the source may hold, and none that follows them.',
    check: obeysOrders,
  },
  cloze_syntax: {
    rule:
      'A cloze hides with {{c1::words}} or {{c1::words::hint}}, counted from c1 without gaps, not nested. ' +
      'Inside, write &#58;&#58; for two colons and "} }" for two closing braces. Other types hold no such markers.',
    only: 'cloze',
    check: isClozeFaulty,
  },
  cloze_crowded: { rule: `A cloze has at most ${LIMITS.clozePlaces} hidden places.`, only: 'cloze', check: isCrowded },
  cloze_hides_most: {
    rule: `One number of a cloze hides at most ${LIMITS.clozeHidden * 100} % of its words.`,
    only: 'cloze',
    check: hidesTooMuch,
  },
  cloze_trivial: {
    rule: 'A cloze hides names, terms and numbers, not small words.',
    only: 'cloze',
    check: hidesNothing,
  },
  choice_count: {
    rule: `A choice has ${LIMITS.wrongChoices.min} to ${LIMITS.wrongChoices.max} wrong answers under "choices".`,
    only: 'choice',
    check: isMiscounted,
  },
  choice_repeats: {
    rule: 'All answers of a choice differ, and the right one is only in "back".',
    only: 'choice',
    check: hasTwins,
  },
  choice_about_others: {
    rule: 'Never "all of the above", "none of the above" or the like.',
    only: 'choice',
    check: isAboutOthers,
  },
  choice_stands_out: {
    rule: 'The answers of a choice are of one kind and about one length: years with years, names with names.',
    only: 'choice',
    check: standsOut,
  },
  mixed_variants: { rule: 'Simplified and traditional Chinese are not mixed.', check: mixesVariants },
  wrong_language: {
    rule: "Front, back and choices are in the request's language; the quote stays in the source's language.",
    check: isForeign,
  },
  not_a_term: {
    rule: 'The front of a reversed card is a term, no question; the back is its definition.',
    only: 'reversed',
    check: isNoTerm,
  },
  meta: { rule: 'Ask about the thing, never about "the text", "the passage" or "the author".', check: isMeta },
  deictic: {
    rule: 'Point at nothing the learner will not see: no "as mentioned above", "the following", "figure 2".',
    check: isDeictic,
  },
  dangling: { rule: 'Name the thing: no "it", "this" or "they" for what only the source names.', check: isDangling },
  vague: { rule: 'Ask for one definite answer; no bare "explain", "describe" or "why?".', check: isVague },
  yes_no: { rule: 'No questions that yes or no answers.', check: isYesNo },
  compound: { rule: 'One question a card; write two cards instead.', check: isCompound },
  enumeration: {
    rule: `An answer lists at most ${LIMITS.listItems} items; ask for the items of a longer list one by one.`,
    check: isEnumeration,
  },
  leak: {
    rule: 'The front does not give the answer away, and the hidden words of a cloze stand nowhere else in its sentence.',
    check: leaks,
  },
  not_grounded: {
    rule: 'The quote is copied from the source word for word and unbroken.',
    check: (draft) => draft.candidate.quote !== '' && !isQuoteShort(draft) && draft.span === null,
  },
  quote_short: {
    rule: `The quote proves the card: a whole clause, at least ${inWords(LIMITS.minQuote)}.`,
    check: isQuoteShort,
  },
  number_invented: { rule: 'Every number in an answer stands in the source.', check: inventsNumber },
  cloze_reworded: {
    rule: "A cloze is the source's own sentence; only a name may be put before it in brackets.",
    only: 'cloze',
    check: isReworded,
  },
  answer_ungrounded: {
    rule: 'The answer keeps to the words of the quote and of what stands around it.',
    check: isUngrounded,
  },
  quote_ambiguous: {
    rule: 'Where the source repeats itself, quote enough to tell which place is meant.',
    check: isAmbiguous,
  },
  duplicate: {
    rule: 'No card twice, and none that repeats what the request lists under "kept".',
    check: (draft, deck) => deck.repetition(draft) === 'duplicate',
  },
  same_fact: {
    rule: 'No second card of a type for the same answer from the same quote.',
    check: (draft, deck) => deck.repetition(draft) === 'same_fact',
  },
  near_duplicate: {
    rule: 'No card that says another again in nearly the same words.',
    check: (draft, deck) => deck.repetition(draft) === 'near_duplicate',
  },
} as const satisfies Record<string, ReasonRow>;

export type ReasonCode = keyof typeof REASONS;

const CHECKS = keysOf(REASONS).flatMap((code) => {
  const { check }: ReasonRow = REASONS[code];
  return check ? [[code, check] as const] : [];
});

/** The first reason that speaks against a card; undefined for one to keep. */
export function reasonAgainst(draft: Draft, deck: Duplicates): ReasonCode | undefined {
  for (const [code, check] of CHECKS) if (check(draft, deck)) return code;
  return undefined;
}

// What HTML and zero-width characters alone make is blank to a reader.
const isBlank = (text: string): boolean => text.replace(/<[^<>]*>|&nbsp;|[\s\u200B-\u200D\u2060\uFEFF]/g, '') === '';

function isFrontLong({ candidate, sentence, isCloze, brief }: Draft): boolean {
  const limit = isCloze
    ? LIMITS.clozeSentence
    : candidate.type === 'reversed'
      ? LIMITS.term
      : LIMITS.front[brief.options.difficulty];
  return exceeds(limit, sentence);
}

function isAnswerLong({ candidate, isCloze, brief }: Draft): boolean {
  if (isCloze) return false;
  const max = LIMITS.back[brief.options.answer_length];
  return exceeds(max, candidate.back) || (candidate.choices ?? []).some((answer) => exceeds(max, answer));
}
