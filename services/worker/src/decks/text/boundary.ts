/** A range `[start, end)` of UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
/**
 * No character that a reader sees is longer. To Unicode, any number of Korean consonants or of joined emoji are one.
 * What is longer may be torn, and costs no more to look at.
 */
const NEARBY = 32;

/** The character that index `at` lies inside of; empty where `text` may be cut before `at`. */
function around(text: string, at: number): Span {
  const between = { start: at, end: at };
  if (at <= 0 || at >= text.length) return between;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  if (before !== 0x0d && standsAlone(before) && standsAlone(after)) return between;
  const from = wholeBefore(text, Math.max(0, at - NEARBY));
  const found = clusters.segment(text.slice(from, wholeBefore(text, at + NEARBY))).containing(at - from);
  if (!found) return between;
  const start = from + found.index;
  return start === at ? between : { start, end: start + found.segment.length };
}

const standsAlone = (code: number): boolean => code < 0x300 || (code >= 0x4e00 && code <= 0x9fff);
/** `at`, or one less where that would tear a surrogate pair. */
const wholeBefore = (text: string, at: number): number => ((text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at);

/** Whether `text` may be cut before index `at` without tearing what a reader sees as one character. */
export const isBoundary = (text: string, at: number): boolean => around(text, at).end === at;

/** The last place at `at` or before it where `text` may be cut. */
export const boundaryBefore = (text: string, at: number): number => around(text, at).start;

/** The smallest span around `start` and `end` that tears no character. */
export const widen = (text: string, start: number, end: number): Span => ({
  start: around(text, start).start,
  end: around(text, end).end,
});

const BLANK = /[\s\u200B\u2060\u00AD]/;

/** `start` and `end` moved inwards over white space; empty where there is nothing else. */
export function tighten(text: string, start: number, end: number): Span {
  let from = start;
  let to = end;
  while (from < to && BLANK.test(text.charAt(from))) from += 1;
  while (to > from && BLANK.test(text.charAt(to - 1))) to -= 1;
  return { start: from, end: to };
}

/** `text` cut to at most `limit` code units, whole characters only. */
export const clip = (text: string, limit: number): string =>
  text.slice(0, boundaryBefore(text, Math.min(limit, text.length)));
