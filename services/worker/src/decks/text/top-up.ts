import type { Chunk } from './chunk';

/** How often a model is asked again for what is missing. */
export const MAX_TOP_UPS = 2;
/** The top-up asks for more than is missing, by the share of cards that the last round lost, up to this factor. */
const MAX_ASKED_FOR_EACH = 2.5;
/** Better wording would not save a card that is dropped for one of these: the deck has its fact, or is full. */
const NOT_MENDED_BY_ASKING = new Set(['duplicate', 'same_fact', 'near_duplicate', 'over_count']);

/** What came of asking about one part of the text. */
export interface ChunkRequest {
  readonly chunk: Chunk;
  /** Cards the model wrote for it. */
  readonly generated: number;
  /** Cards of it that are in the deck. */
  readonly kept: number;
  /** Cards of it that were dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** The answer was cut before its end, or held cards that could not be read. */
  readonly cut: boolean;
}

/**
 * Which parts of the text to ask about again, and for how many cards. These are parts where the model was stopped, or
 * wrote cards that better wording would have saved. A model that wrote all it found in a part is not asked again, so
 * nothing is padded. Empty when the deck is full, nothing can be gained, or it was asked often enough.
 */
export function topUp(
  requests: readonly ChunkRequest[],
  missing: number,
  round: number,
  max: { readonly maxCardsPerCall: number },
): Chunk[] {
  if (missing <= 0 || round >= MAX_TOP_UPS) return [];
  const open = requests.filter(isWorthAsking);
  if (open.length === 0) return [];
  const lost = open.reduce((sum, { generated, kept }) => sum + generated - kept, 0);
  const all = open.reduce((sum, { generated }) => sum + generated, 0);
  const factor = all === lost ? MAX_ASKED_FOR_EACH : Math.min(MAX_ASKED_FOR_EACH, all / (all - lost));
  return shareOut(open, missing, factor, max.maxCardsPerCall);
}

const isWorthAsking = ({ chunk, kept, dropped, cut }: ChunkRequest): boolean =>
  kept < chunk.cards && (cut || mendable(dropped) > 0);

const mendable = (dropped: Readonly<Record<string, number>>): number =>
  Object.entries(dropped).reduce((sum, [reason, count]) => (NOT_MENDED_BY_ASKING.has(reason) ? sum : sum + count), 0);

/** Gives the missing cards one by one to the part that has the fewest for its length. */
function shareOut(open: readonly ChunkRequest[], missing: number, factor: number, max: number): Chunk[] {
  const shares = open.map(({ chunk, kept }) => ({ chunk, kept, cards: 0 }));
  const hunger = ({ chunk, kept, cards }: (typeof shares)[number]): number =>
    (chunk.end - chunk.start) / (2 * (kept + cards) + 1);
  for (let left = missing; left > 0; left -= 1)
    shares.reduce((thinnest, share) => (hunger(share) > hunger(thinnest) ? share : thinnest)).cards += 1;
  return shares
    .filter(({ cards }) => cards > 0)
    .map(({ chunk: { start, end }, cards }) => ({ start, end, cards: Math.min(max, Math.ceil(cards * factor)) }));
}

/** The counts of the reasons of a round, over all its parts. */
export function reasonsOf(requests: readonly ChunkRequest[]): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const { dropped } of requests)
    for (const [reason, count] of Object.entries(dropped)) reasons[reason] = (reasons[reason] ?? 0) + count;
  return reasons;
}
