import { createHash } from 'node:crypto';
import { deletions, hasClozeMarkers } from '@flashcards/shared/contract/cloze';
import type { Card, CardType } from '@flashcards/shared/contract/deck';
import type { Options } from '@flashcards/shared/contract/job';
import type { Span } from './boundary';
import { readCandidate } from './candidate';
import { isValidChoice, shuffled } from './choices';
import { Draft, type Brief } from './draft';
import { Duplicates } from './duplicates';
import type { Source } from './ground';
import { isGrounded } from './grounding';
import { leaks } from './leak';
import { LIMITS, inWords, usedOf } from './limits';
import { scriptFits } from './script';
import { mergeTags } from './tags';

/** One way for a card to be dropped: what the prompt says about it, and what finds it. */
export interface ReasonRow {
  /** The rule as the prompt prints it. */
  readonly rule: string;
  /** The one type of card whose writer has to know the rule; all if there is none. */
  readonly only?: CardType;
  /** Whether the card breaks the rule. */
  readonly check: (draft: Draft, gate: Gate) => boolean;
}

/**
 * Every reason to drop a card, in the order of the checks: the cheap ones first, and lengths before whatever reads the
 * texts closely. `check` of `schema` sees only what has the shape of a card; what has not is dropped by the same code.
 */
export const REASONS = {
  schema: {
    rule: 'Every card has all the keys of the contract, and a type that the request lists under "types".',
    check: ({ candidate, brief }) => !brief.options.types.includes(candidate.type),
  },
  over_count: {
    rule: 'Write as many cards as the request says under "cards", and no more; fewer if the source does not bear so many.',
    check: ({ brief }, gate) => gate.kept.length >= brief.options.cards,
  },
  too_long: {
    rule:
      `Be brief. Front: at most ${inWords(LIMITS.front)}; a cloze sentence: ${inWords(LIMITS.clozeSentence)}. ` +
      `Back and each choice, by the request's "answer_length": short ${inWords(LIMITS.back.short)}, ` +
      `medium ${inWords(LIMITS.back.medium)}, detailed ${inWords(LIMITS.back.detailed)}. ` +
      `Quote: at most ${inWords(LIMITS.quoteMost)}.`,
    check: isTooLong,
  },
  empty: {
    rule: 'Front and back both say something.',
    check: ({ candidate, isCloze }) => isBlank(candidate.front) || (!isCloze && isBlank(candidate.back)),
  },
  cloze_syntax: {
    rule:
      'A cloze hides with {{c1::words}} or {{c1::words::hint}}, counted from c1 without gaps, not nested. ' +
      'Inside, write &#58;&#58; for two colons and "} }" for two closing braces. Other types hold no such markers.',
    only: 'cloze',
    check: isClozeFaulty,
  },
  choice_invalid: {
    rule:
      `A choice has ${LIMITS.wrongChoices.least} to ${LIMITS.wrongChoices.most} wrong answers that are plausible, alike in ` +
      'form and all different; the right one is only in "back". Never "all of the above" or "none of the above".',
    only: 'choice',
    check: ({ candidate }) => candidate.type === 'choice' && !isValidChoice(candidate),
  },
  wrong_language: {
    rule: "Front, back and choices are in the request's language; the quote stays in the source's language.",
    check: ({ sentence, answer, brief }) => !scriptFits(brief.language, `${sentence}\n${answer}`),
  },
  leak: {
    rule: 'The front does not give the answer away, and the hidden words of a cloze stand nowhere else in its sentence.',
    check: leaks,
  },
  not_grounded: {
    rule:
      `The quote is copied from the source word for word, unbroken, at least ${inWords(LIMITS.quoteLeast)} long, and proves ` +
      'the answer. Every number in an answer stands in the source.',
    check: (draft) => !isGrounded(draft),
  },
  duplicate: {
    rule: 'No two cards ask the same thing, also not in other words, and none repeats what the request lists under "kept".',
    check: (draft, gate) => gate.repeats(draft),
  },
} as const satisfies Record<string, ReasonRow>;

export type ReasonCode = keyof typeof REASONS;
const ROWS = Object.entries(REASONS) as readonly [ReasonCode, ReasonRow][];

// What HTML and zero-width characters alone make is blank to a reader.
const isBlank = (text: string): boolean => text.replace(/<[^>]*>|&nbsp;|[\s\u200B-\u200D\u2060\uFEFF]/g, '') === '';

function isTooLong({ candidate, sentence, isCloze, brief }: Draft): boolean {
  const back = LIMITS.back[brief.options.answer_length];
  return (
    usedOf(isCloze ? LIMITS.clozeSentence : LIMITS.front, sentence) > 1 ||
    usedOf(LIMITS.quoteMost, candidate.quote) > 1 ||
    (!isCloze && [candidate.back, ...(candidate.choices ?? [])].some((answer) => usedOf(back, answer) > 1))
  );
}

function isClozeFaulty({ candidate, cloze, isCloze }: Draft): boolean {
  if (!isCloze) return hasClozeMarkers(candidate.front) || hasClozeMarkers(candidate.back);
  if (!cloze) return true;
  // Where the source itself says `a::b`, the hint would be the half of what was to be hidden.
  return deletions(cloze).some(({ hidden, hint }) => hint !== null && candidate.quote.includes(`${hidden}::${hint}`));
}

/** What a gate needs to know of its job. */
export interface GateInput {
  readonly source: Source;
  readonly options: Options;
  /** BCP-47 tag of the language the cards have to be in; never `auto`. */
  readonly language: string;
  /** Tags that every card gets. */
  readonly tags: readonly string[];
  /** Decides the ids of the cards; the same for every run of a job. */
  readonly seed: string;
}

/** How many cards were offered, and dropped by reason. */
export interface Tally {
  readonly generated: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Keeps or drops the cards of one job, and remembers what it did. */
export class Gate {
  readonly kept: Card[] = [];
  /** Dropped cards by reason. */
  readonly dropped: Record<string, number> = {};
  /** Cards that were offered. */
  generated = 0;
  readonly #duplicates = new Duplicates();
  readonly #ids = new Set<string>();
  readonly #brief: Brief;

  constructor(private readonly input: GateInput) {
    this.#brief = { source: input.source, options: input.options, language: input.language };
  }

  /** Judges what the model wrote for `chunk`: keeps it as a card, or drops it for the first reason that holds. */
  offer(candidate: unknown, chunk: Span): { readonly card: Card } | { readonly reason: ReasonCode } {
    this.generated += 1;
    const read = readCandidate(candidate);
    const draft = read && new Draft(read, this.#brief, chunk);
    const reason = draft ? ROWS.find(([, row]) => row.check(draft, this))?.[0] : 'schema';
    if (!draft || reason) return this.#drop(reason ?? 'schema');
    return { card: this.#keep(draft) };
  }

  /** Takes in what earlier runs of the job kept and counted: those cards stay as they are, and are not kept again. */
  restore(cards: readonly Card[], counted: Tally = { generated: cards.length, dropped: {} }): void {
    this.generated += counted.generated;
    for (const [reason, count] of Object.entries(counted.dropped)) this.dropped[reason] = count;
    for (const card of cards) {
      const { type, front, back, quote, tags, choices = null } = card;
      this.#duplicates.add(new Draft({ type, front, back, quote, tags, choices }, this.#brief, card));
      this.#ids.add(card.id);
      this.kept.push(card);
    }
  }

  /** Whether a kept card already says what `draft` says. */
  repeats(draft: Draft): boolean {
    return this.#duplicates.has(draft);
  }

  #drop(reason: ReasonCode): { readonly reason: ReasonCode } {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    return { reason };
  }

  #keep(draft: Draft): Card {
    const card = this.#toCard(draft);
    this.#duplicates.add(draft);
    this.#ids.add(card.id);
    this.kept.push(card);
    return card;
  }

  #toCard({ candidate, plainFront, answer, span, brief }: Draft): Card {
    const { start, end } = span as Span;
    const id = this.#newId([this.input.seed, candidate.type, plainFront, start].join('\0'));
    return {
      id,
      type: candidate.type,
      front: candidate.front,
      back: answer,
      ...(candidate.choices && { choices: shuffled([answer, ...candidate.choices], id) }),
      tags: mergeTags(this.input.tags, candidate.tags),
      quote: brief.source.text.slice(start, end),
      start,
      end,
    };
  }

  /** An id out of what makes the card; the same question with another answer gets the next one. */
  #newId(content: string): string {
    for (let round = 0; ; round += 1) {
      const id = idOf(round === 0 ? content : `${content}\0${round}`);
      if (!this.#ids.has(id)) return id;
    }
  }
}

const idOf = (content: string): string => `c_${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
