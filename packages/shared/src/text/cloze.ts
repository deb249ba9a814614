/** One hidden place of a cloze. */
export interface Deletion {
  readonly ordinal: number;
  /** What is hidden, as a reader sees it. */
  readonly hidden: string;
  readonly hint: string | null;
}
/** A cloze taken apart: what is always shown, and what is hidden, in the order of the sentence. */
export type ClozePart = string | Deletion;

const OPEN = /\{\{c(\d{1,3})::/g;
const CLOSE = '}}';

/**
 * Parses a front in Anki's grammar: `{{c1::hidden}}` or `{{c1::hidden::hint}}`. The first `::` begins the hint and the
 * first `}}` ends the place, whatever they mean to a reader. Null when Anki would not show the front as meant. Then it
 * hides nothing, does not count ordinals from 1, has `c0`, an open or nested place, or braces left over.
 */
export function parseCloze(front: string): readonly ClozePart[] | null {
  const parts = placesOf(front);
  return !parts || hasStrayBraces(parts) || !countsFromOne(parts) ? null : parts;
}

/** The places of a text, whatever their numbers and the braces beside them. Null where one is open, nested or empty. */
export function placesOf(text: string): readonly ClozePart[] | null {
  const parts: ClozePart[] = [];
  let at = 0;
  for (const match of text.matchAll(OPEN)) {
    const bodyAt = match.index + match[0].length;
    const closeAt = text.indexOf(CLOSE, bodyAt);
    const deletion = match.index < at || closeAt < 0 ? null : readBody(Number(match[1]), text.slice(bodyAt, closeAt));
    if (!deletion) return null;
    parts.push(text.slice(at, match.index), deletion);
    at = closeAt + CLOSE.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function readBody(ordinal: number, body: string): Deletion | null {
  const [text = '', hint, ...more] = body.split('::');
  const hidden = unescape(text).trim();
  // Uneven braces are a formula that a `}}` of its own has cut short.
  if (hidden === '' || more.length > 0 || !isEven(body)) return null;
  return { ordinal, hidden, hint: hint === undefined ? null : hint.trim() };
}

const isEven = (body: string): boolean => body.split('{').length === body.split('}').length;
const unescape = (text: string): string =>
  text.replaceAll('&#58;', ':').replaceAll('&#123;', '{').replaceAll('&#125;', '}');
const isDeletion = (part: ClozePart): part is Deletion => typeof part !== 'string';

const hasStrayBraces = (parts: readonly ClozePart[]): boolean =>
  parts.some((part) => typeof part === 'string' && /\{\{|\}\}/.test(part));

function countsFromOne(parts: readonly ClozePart[]): boolean {
  const ordinals = new Set(parts.filter(isDeletion).map(({ ordinal }) => ordinal));
  return ordinals.size > 0 && [...ordinals].every((ordinal) => ordinal >= 1 && ordinal <= ordinals.size);
}

/** Whether a text has anything that Anki would take for a cloze. */
export const hasClozeMarkers = (text: string): boolean => text.includes('{{c');

/** The hidden words of a cloze, each once, in the order of the sentence; none when the cloze is not valid. */
export const hiddenWords = (front: string): string[] => [
  ...new Set((parseCloze(front) ?? []).filter(isDeletion).map(({ hidden }) => hidden)),
];

/** The sentence of a cloze as it reads when all is revealed; an invalid cloze as it is. */
export function withoutMarkers(front: string): string {
  const parts = parseCloze(front);
  return parts ? reveal(parts) : front;
}

/** What a cloze reads when all is revealed. */
export const reveal = (parts: readonly ClozePart[]): string =>
  parts.map((part) => (isDeletion(part) ? part.hidden : part)).join('');

/** What a learner sees while the places of `ordinal` are hidden: hints stand, the other places are revealed. */
export const questionFor = (parts: readonly ClozePart[], ordinal: number): string =>
  parts
    .map((part) => {
      if (!isDeletion(part)) return part;
      return part.ordinal === ordinal ? ` [${part.hint ?? '…'}] ` : part.hidden;
    })
    .join('');

/** The places of a cloze. */
export const deletions = (parts: readonly ClozePart[]): readonly Deletion[] => parts.filter(isDeletion);
