/** A range `[start, end)` of UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
const NEARBY = 32;

/** Whether `text` may be cut before index `at` without tearing what a reader sees as one character. */
export function isBoundary(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return true;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  if (before === 0x0d) return after !== 0x0a;
  if (standsAlone(before) && standsAlone(after)) return true;
  const from = Math.max(0, at - NEARBY);
  return clusters.segment(text.slice(from, at + NEARBY)).containing(at - from)?.index === at - from;
}

const standsAlone = (code: number): boolean => code < 0x300 || (code >= 0x4e00 && code <= 0x9fff);

/** The smallest span around `start` and `end` that tears no character. */
export function widen(text: string, start: number, end: number): Span {
  let from = start;
  let to = end;
  while (!isBoundary(text, from)) from -= 1;
  while (!isBoundary(text, to)) to += 1;
  return { start: from, end: to };
}

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
export function clip(text: string, limit: number): string {
  let end = Math.min(limit, text.length);
  while (!isBoundary(text, end)) end -= 1;
  return text.slice(0, end);
}
