import { boundaryBefore, isBoundary, tighten, type Span } from './boundary';
import { classAt, isUnspaced } from './letters';
import { headingsAbove, isInSolid, outlineOf, tableAt, type Outline } from './outline';
import { HEADING_START, sentences } from './sentences';

/** A part of the text for one call of the model, and how many cards to ask of it. */
export interface Chunk extends Span {
  readonly cards: number;
}

export interface ChunkLimits {
  readonly maxCardsPerCall: number;
  readonly maxChars: number;
}

/** Chunks are planned a little under the limit, which leaves a choice of places for each cut. */
const FILL = 0.85;

/**
 * Cuts `text` into the parts to ask the model about, in order and without overlap. Shares `cards` among them by
 * content, at least one each. Cuts are at headings, else between paragraphs, else between sentences. Code, a table or
 * a sentence is cut only where it alone is longer than a chunk may be. Chunks exceed `maxChars` only where there
 * would be more chunks than cards. A text that is too short to cut gets fewer cards than asked: at most
 * `maxCardsPerCall` a chunk.
 */
export function chunkText(
  text: string,
  cards: number,
  limits: ChunkLimits,
  outline: () => Outline = () => outlineOf(text),
): Chunk[] {
  const whole = tighten(text, 0, text.length);
  const parts = partsFor(whole.end - whole.start, cards, limits);
  if (parts === 1) return [{ ...whole, cards: Math.min(Math.max(cards, 1), limits.maxCardsPerCall) }];
  const spans = cut({ text, outline: outline() }, whole, parts, limits.maxChars);
  return share(text, spans, cards, limits.maxCardsPerCall);
}

const MAX_CONTEXT = 200;

/**
 * What helps to understand a part and stands outside it: its headings, the head of its table, and the sentence before
 * it. Empty for the part that begins the text.
 */
export function contextOf(text: string, outline: Outline, { start }: Span): string {
  if (text.slice(0, start).trim() === '') return '';
  const headings = headingsAbove(outline, start - 1).map(({ title }) => title);
  const startsSection = outline.headings.some((heading) => heading.start === start);
  const before = startsSection ? undefined : sentences(text, Math.max(0, start - MAX_CONTEXT), start).at(-1);
  return [
    headings.join(' › '),
    tableAt(outline, start)?.head,
    before && !tableAt(outline, start) ? text.slice(before.start, before.end) : '',
  ]
    .filter(Boolean)
    .join('\n');
}

interface Cuttable {
  readonly text: string;
  readonly outline: Outline;
}

function partsFor(length: number, cards: number, { maxCardsPerCall, maxChars }: ChunkLimits): number {
  const byLength = length <= maxChars ? 1 : Math.ceil(length / (maxChars * FILL));
  return Math.max(Math.ceil(cards / maxCardsPerCall), Math.min(byLength, Math.max(cards, 1)));
}

/** Cuts near the middle, then each half, until there are `parts`. */
function cut(from: Cuttable, span: Span, parts: number, maxChars: number): Span[] {
  const { text } = from;
  const { start, end } = tighten(text, span.start, span.end);
  if (start >= end) return [];
  const left = parts >> 1;
  const max = Math.max(maxChars, Math.ceil((end - start) / (parts * FILL)));
  const ideal = Math.round(start + ((end - start) * left) / parts);
  const rest = { start: Math.max(start + 1, end - (parts - left) * max), end: Math.min(end - 1, start + left * max) };
  const at =
    parts <= 1 ? null : (bestCut(from, rest, ideal) ?? (end - start > maxChars ? forcedCut(text, rest, ideal) : null));
  if (at === null) return [{ start, end }];
  return [...cut(from, { start, end: at }, left, maxChars), ...cut(from, { start: at, end }, parts - left, maxChars)];
}

/** Where to cut, the best kind of place first; a cut comes after the match. */
const PLACES: readonly RegExp[] = [HEADING_START, /\n[ \t]*\r?\n/g, /\n/g];
/** How far from the ideal place a good one may be, as a share of the possible range. */
const NEAR = 0.5;

/** The place for a cut in `rest`: good ones near the ideal, else the nearest end of a sentence; in code or a table last. */
function bestCut({ text, outline }: Cuttable, rest: Span, ideal: number): number | null {
  const near = {
    start: Math.ceil(ideal - (ideal - rest.start) * NEAR),
    end: Math.floor(ideal + (rest.end - ideal) * NEAR),
  };
  const whole = (places: readonly number[]): number[] => places.filter((at) => !isInSolid(outline, at));
  for (const place of PLACES) {
    const found = nearest(whole(matchEnds(text, near, place)), ideal);
    if (found !== null) return found;
  }
  const all = sentenceStarts(text, rest);
  return nearest(whole(sentenceStarts(text, near)), ideal) ?? nearest(whole(all), ideal) ?? nearest(all, ideal);
}

const matchEnds = (text: string, { start, end }: Span, place: RegExp): number[] =>
  Array.from(text.slice(start, end).matchAll(place), (match) => start + match.index + match[0].length);

// The first begins where the range does, which need not be where a sentence does.
const sentenceStarts = (text: string, { start, end }: Span): number[] =>
  sentences(text, start, end)
    .slice(1)
    .map((sentence) => sentence.start);

const nearest = (places: readonly number[], ideal: number): number | null =>
  places.length === 0 ? null : places.reduce((best, at) => (Math.abs(at - ideal) < Math.abs(best - ideal) ? at : best));

const PAUSE = /[\s,;，；、：:]/;
const PAUSE_WITHIN = 200;

/** In a sentence too long for one chunk: after a pause shortly before the ideal place, else between two characters. */
function forcedCut(text: string, rest: Span, ideal: number): number {
  const earliest = Math.max(rest.start, ideal - PAUSE_WITHIN);
  for (let at = ideal; at > earliest; at -= 1) if (PAUSE.test(text.charAt(at - 1)) && isBoundary(text, at)) return at;
  return boundaryBefore(text, ideal);
}

/** Gives each span one card, then each further card to the span that has the fewest for its content. */
function share(text: string, spans: readonly Span[], cards: number, max: number): Chunk[] {
  const chunks = spans.map(({ start, end }) => ({ start, end, cards: 1, content: contentOf(text, start, end) }));
  for (let left = cards - chunks.length; left > 0; left -= 1) {
    const open = chunks.filter((chunk) => chunk.cards < max);
    if (open.length === 0) break;
    open.reduce((thinnest, chunk) => (need(chunk) > need(thinnest) ? chunk : thinnest)).cards += 1;
  }
  return chunks.map(({ start, end, cards: given }) => ({ start, end, cards: given }));
}

const need = ({ content, cards }: { readonly content: number; readonly cards: number }): number =>
  content / (2 * cards + 1);

/** A Chinese or Japanese character says as much as so many letters. */
const LETTERS_A_CHARACTER = 3;

/** How much a stretch says: its letters, not its blanks, lines and signs. */
function contentOf(text: string, start: number, end: number): number {
  let content = 0;
  for (let at = start; at < end; at += 1) {
    const kind = classAt(text, at);
    if (kind !== 0) content += isUnspaced(kind) ? LETTERS_A_CHARACTER : 1;
  }
  return content;
}
