import type { Card } from '@flashcards/client';

/** One question of a study. A card that asks both ways has two. */
export interface Round {
  readonly card: Card;
  readonly backwards: boolean;
}

/** A study: the rounds that are left, and what was known on the first try. */
export interface Study {
  readonly rounds: readonly Round[];
  readonly all: number;
  readonly known: number;
  /** Rounds that were missed once. */
  readonly missed: ReadonlySet<Round>;
}

export function beginStudy(cards: readonly Card[]): Study {
  const rounds = cards
    .filter(({ review }) => review !== 'rejected')
    .flatMap((card) => [{ card, backwards: false }, ...(card.type === 'reversed' ? [{ card, backwards: true }] : [])]);
  return { rounds, all: rounds.length, known: 0, missed: new Set() };
}

/** A missed round returns soon, but not at once: remembering for a second is not knowing. */
const REPEAT_AFTER = 3;

/** The study after its first round was known, or not. */
export function answered({ rounds: turns, all, known, missed }: Study, wasKnown: boolean): Study {
  const [round, ...rest] = turns;
  if (!round) return { rounds: turns, all, known, missed };
  if (wasKnown) return { rounds: rest, all, known: known + (missed.has(round) ? 0 : 1), missed };
  return {
    rounds: [...rest.slice(0, REPEAT_AFTER), round, ...rest.slice(REPEAT_AFTER)],
    all,
    known,
    missed: new Set([...missed, round]),
  };
}
