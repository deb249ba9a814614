import { hash } from 'node:crypto';
import type { Card } from '@flashcards/shared/contract/deck';
import type { Options } from '@flashcards/shared/contract/job';
import type { Span } from '../text/boundary';
import { readCandidate } from '../read/candidate';
import { shuffled } from './checks/choices';
import { Brief, Draft } from './draft';
import { Duplicates } from './duplicates';
import type { Source } from './quote';
import { reasonAgainst, type ReasonCode } from './reasons';
import { Places, farthest } from '../text/spread';
import { mergeTags, topicsAt } from './tags';

/** What a gate needs to know of its job. */
export interface GateInput {
  readonly source: Source;
  readonly options: Options;
  /** BCP-47 tag of the language the cards have to be in; never `auto`. */
  readonly language: string;
  /** Tags that every card gets. */
  readonly tags: readonly string[];
  /** The ids of the cards are made from it; the same for every deck of this text. */
  readonly seed: string;
}

/** How many cards were offered, and dropped by reason. */
export interface Tally {
  readonly generated: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * What became of a candidate: a card of the deck, dropped, or a good card that waits until the other calls have
 * answered.
 */
export type Verdict =
  | { readonly kind: 'kept'; readonly card: Card }
  | { readonly kind: 'dropped'; readonly reason: ReasonCode }
  | { readonly kind: 'spare'; readonly card: Card };

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
  readonly #places: Places;
  #spare: Card[] = [];

  readonly #input: GateInput;

  constructor(input: GateInput) {
    this.#input = input;
    this.#brief = new Brief(input.source, input.options, input.language);
    this.#places = new Places(input.source.text.length, input.options.cards);
  }

  /**
   * Judges a candidate that the model wrote for `chunk`: keeps it, lets it wait, or drops it for the first reason
   * that holds.
   */
  offer(candidate: unknown, chunk: Span): Verdict {
    this.generated += 1;
    if (this.#isFull) return this.#drop('over_count');
    const read = readCandidate(candidate);
    if (!read) return this.#drop('schema');
    const draft = new Draft(read, this.#brief, chunk);
    const reason = reasonAgainst(draft, this.#duplicates);
    if (reason) return this.#drop(reason);
    const { place } = draft;
    if (!place) return this.#drop('not_grounded');
    const card = this.#toCard(draft, place);
    this.#duplicates.add(draft);
    this.#ids.add(card.id);
    if (this.#places.take(card.start)) {
      this.kept.push(card);
      return { kind: 'kept', card };
    }
    this.#spare.push(card);
    return { kind: 'spare', card };
  }

  /** Takes in what earlier runs of the job kept and counted. Those cards stay as they are. */
  restore(cards: readonly Card[], counted: Tally = { generated: cards.length, dropped: {} }): void {
    this.generated += counted.generated;
    for (const [reason, count] of Object.entries(counted.dropped)) this.dropped[reason] = count;
    for (const card of cards) {
      const { type, front, back, quote, tags, choices = null } = card;
      this.#duplicates.add(new Draft({ type, front, back, quote, tags, choices }, this.#brief, card));
      this.#places.take(card.start);
      this.#ids.add(card.id);
      this.kept.push(card);
    }
  }

  /**
   * Call it when all calls have answered. Gives the open places to cards that waited, where the deck is thinnest
   * first.
   */
  fill(): readonly Card[] {
    const chosen = farthest(this.#spare, this.kept, this.#input.options.cards - this.kept.length);
    this.kept.push(...chosen);
    if (this.#isFull) {
      for (let left = this.#spare.length - chosen.length; left > 0; left -= 1) this.#drop('over_count');
    }
    this.#spare = [];
    return chosen;
  }

  get #isFull(): boolean {
    return this.kept.length >= this.#input.options.cards;
  }

  #drop(reason: ReasonCode): Verdict {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    return { kind: 'dropped', reason };
  }

  #toCard({ candidate, plainBack, answer, brief }: Draft, { start, end }: Span): Card {
    const id = this.#newId([this.#input.seed, candidate.type, plainBack, start].join('\0'));
    return {
      id,
      type: candidate.type,
      front: candidate.front,
      back: answer,
      ...(candidate.choices && { choices: shuffled([answer, ...candidate.choices], id) }),
      tags: mergeTags(this.#input.tags, [...topicsAt(brief.source.outline, start), ...candidate.tags]),
      quote: brief.source.text.slice(start, end),
      start,
      end,
    };
  }

  /**
   * An id made from the fact, however it is asked, so that Anki updates its note. A second card of the fact gets the
   * next id.
   */
  #newId(content: string): string {
    for (let round = 0; ; round += 1) {
      const id = idOf(round === 0 ? content : `${content}\0${round}`);
      if (!this.#ids.has(id)) return id;
    }
  }
}

const idOf = (content: string): string => `c_${hash('sha256', content, 'hex').slice(0, 12)}`;
