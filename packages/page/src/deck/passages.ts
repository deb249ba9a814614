import type { Card } from '@flashcards/client';

/** A part of the source that one set of cards quotes. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  /** The numbers of the cards that quote it, from 1. */
  readonly cards: readonly number[];
  /** The numbers of the cards whose quote ends here. */
  readonly ending: readonly number[];
  /** The server says that no card quotes it. */
  readonly uncited: boolean;
}

type Range = readonly [number, number];

/** Cuts the source where a quote begins or ends. Cards of another text are left out. */
export function passagesOf(
  text: string,
  cards: readonly (Pick<Card, 'start' | 'end' | 'quote'> & { readonly number: number })[],
  uncited: readonly Range[] = [],
): readonly Passage[] {
  const fitting = cards.filter(({ start, end, quote }) => text.slice(start, end) === quote);
  const edges = new Set([0, text.length]);
  for (const { start, end } of fitting) edges.add(start).add(end);
  for (const [start, end] of uncited) edges.add(Math.min(start, text.length)).add(Math.min(end, text.length));
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1] ?? text.length;
    const quoting = fitting.filter((card) => card.start <= start && card.end >= end);
    return {
      start,
      end,
      cards: quoting.map(({ number }) => number),
      ending: quoting.filter((card) => card.end === end).map(({ number }) => number),
      uncited: uncited.some(([from, to]) => from <= start && to >= end),
    };
  });
}
