/** Characters of the text that make one stretch, as long as there are not more stretches than cards. */
const STRETCH_CHARS = 600;

/**
 * Shares the places of a deck among the stretches of its text. So the calls that answer first do not take the places
 * of the tail. Cards beyond a stretch's share wait until all calls have answered.
 */
export class Places {
  readonly #left: number[];

  readonly #textLength: number;

  constructor(textLength: number, cards: number) {
    this.#textLength = textLength;
    const stretches = Math.max(1, Math.min(cards, Math.round(textLength / STRETCH_CHARS)));
    this.#left = Array.from(
      { length: stretches },
      (_, i) => Math.floor(((i + 1) * cards) / stretches) - Math.floor((i * cards) / stretches),
    );
  }

  /** Takes a place for a card whose quote begins at `start`; false when its stretch has none left. */
  take(start: number): boolean {
    const stretch = Math.min(this.#left.length - 1, Math.floor((start / this.#textLength) * this.#left.length));
    const left = this.#left[stretch] ?? 0;
    if (left > 0) this.#left[stretch] = left - 1;
    return left > 0;
  }
}

/** Which `count` of `spare` to take beside the cards at `taken`: each time the one farthest from all taken so far. */
export function farthest<T extends { readonly start: number }>(
  spare: readonly T[],
  taken: readonly { readonly start: number }[],
  count: number,
): T[] {
  const open = spare.map((item) => ({
    item,
    distance: taken.reduce((least, { start }) => Math.min(least, Math.abs(start - item.start)), Infinity),
  }));
  const chosen: T[] = [];
  while (chosen.length < count && open.length > 0) {
    let best = 0;
    for (let i = 1; i < open.length; i += 1) if (distanceOf(open[i]) > distanceOf(open[best])) best = i;
    const [pick] = open.splice(best, 1);
    if (!pick) break;
    chosen.push(pick.item);
    for (const other of open) other.distance = Math.min(other.distance, Math.abs(pick.item.start - other.item.start));
  }
  return chosen;
}

const distanceOf = (entry: { readonly distance: number } | undefined): number => entry?.distance ?? -1;
