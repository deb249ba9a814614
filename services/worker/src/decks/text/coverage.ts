import type { Card, Result } from '@flashcards/shared/contract/deck';
import type { Span } from './boundary';
import { isInformative, sentences } from './sentences';

const MAX_RANGES = 50;

/**
 * How much of `text` the cards rest on. `share` is the part of its informative sentences that a quote touches, 0 to 1
 * with two decimals. It is 1 only when all are touched, or when there are none. `uncited` are the ranges of the other
 * sentences, with neighbours merged: the longest 50, in order.
 */
export function coverage(
  text: string,
  cards: readonly Pick<Card, 'start' | 'end'>[],
  all: readonly Span[] = sentences(text),
): Result['coverage'] {
  const informative = all.filter(({ start, end }) => isInformative(text.slice(start, end)));
  const cited = touched(informative, cards);
  return {
    share: share(cited.filter(Boolean).length, informative.length),
    uncited: longest(uncited(informative, cited)),
  };
}

/** For each of the rising `spans` whether a card's quote reaches into it. */
function touched(spans: readonly Span[], cards: readonly Pick<Card, 'start' | 'end'>[]): boolean[] {
  const quotes = [...cards].sort((a, b) => a.start - b.start);
  let reach = 0;
  let next = 0;
  return spans.map(({ start, end }) => {
    for (let quote = quotes[next]; quote && quote.start < end; quote = quotes[(next += 1)])
      reach = Math.max(reach, quote.end);
    return reach > start;
  });
}

// Rounding shall not call a text covered that is not.
const share = (cited: number, all: number): number =>
  cited === all ? 1 : Math.min(0.99, Math.round((cited / all) * 100) / 100);

function uncited(spans: readonly Span[], cited: readonly boolean[]): [number, number][] {
  const ranges: [number, number][] = [];
  spans.forEach(({ start, end }, i) => {
    const last = ranges.at(-1);
    if (cited[i]) return;
    if (last && i > 0 && !cited[i - 1]) last[1] = end;
    else ranges.push([start, end]);
  });
  return ranges;
}

function longest(ranges: [number, number][]): [number, number][] {
  if (ranges.length <= MAX_RANGES) return ranges;
  const byLength = [...ranges].sort((a, b) => b[1] - b[0] - (a[1] - a[0]));
  return byLength.slice(0, MAX_RANGES).sort((a, b) => a[0] - b[0]);
}
