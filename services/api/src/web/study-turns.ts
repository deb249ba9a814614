import type { Card } from '@flashcards/client';

/** One question of a study: a card that is asked both ways is two. */
export interface Turn {
  readonly card: Card;
  readonly backwards: boolean;
}

/** A study: what is still to be asked, and what was known at the first try. */
export interface Study {
  readonly turns: readonly Turn[];
  readonly all: number;
  readonly known: number;
  /** Turns that were missed once. */
  readonly missed: ReadonlySet<Turn>;
}

export function beginStudy(cards: readonly Card[]): Study {
  const turns = cards
    .filter(({ review }) => review !== 'rejected')
    .flatMap((card) => [{ card, backwards: false }, ...(card.type === 'reversed' ? [{ card, backwards: true }] : [])]);
  return { turns, all: turns.length, known: 0, missed: new Set() };
}

/** Comes again soon, but not at once: remembering it for a second is no knowing. */
const AGAIN_AFTER = 3;

/** The study after its first turn was known, or not. */
export function answered({ turns, all, known, missed }: Study, wasKnown: boolean): Study {
  const [turn, ...rest] = turns;
  if (!turn) return { turns, all, known, missed };
  if (wasKnown) return { turns: rest, all, known: known + (missed.has(turn) ? 0 : 1), missed };
  return {
    turns: [...rest.slice(0, AGAIN_AFTER), turn, ...rest.slice(AGAIN_AFTER)],
    all,
    known,
    missed: new Set([...missed, turn]),
  };
}
