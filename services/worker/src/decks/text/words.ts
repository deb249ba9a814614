import { classAt, isUnspaced, scriptOfClass } from './letters';

/**
 * The words of `text`, in order; for Han and Kana each character. Fold the text first where case and width must not
 * count.
 */
export function tokens(text: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length;) {
    const kind = classAt(text, at);
    const end = kind === 0 ? at + 1 : isUnspaced(kind) ? characterEnd(text, at) : wordEnd(text, at);
    if (kind !== 0) out.push(text.slice(at, end));
    at = end;
  }
  return out;
}

/**
 * Whether `text` has `wide` double-width characters, or `words` words of other scripts, or parts of both that add up
 * to one whole. Reads no further than it must.
 */
export function saysAtLeast(text: string, wide: number, words: number): boolean {
  let used = 0;
  for (let at = 0; at < text.length && used < 1;) {
    const kind = classAt(text, at);
    const isWord = kind !== 0 && !isUnspaced(kind);
    const end = isWord ? wordEnd(text, at) : at + 1;
    used += isWord && scriptOfClass(kind) !== 'Hangul' ? 1 / words : wideCount(text.slice(at, end)) / wide;
    at = end;
  }
  return used > 1 - 1e-9;
}

const characterEnd = (text: string, at: number): number => at + ((text.charCodeAt(at) & 0xfc00) === 0xd800 ? 2 : 1);

function wordEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && classAt(text, end) !== 0 && !isUnspaced(classAt(text, end))) end += 1;
  return end;
}

/** Pairs of neighbouring tokens; a text of one token is that token. Compares wordings. */
export function bigrams(text: string): ReadonlySet<string> {
  const words = tokens(text);
  if (words.length === 1) return new Set(words);
  return new Set(words.slice(1).map((word, i) => `${words[i]} ${word}`));
}

const startsUnspaced = (token: string): boolean => isUnspaced(classAt(token, 0));

/** What `text` is about, for measures of overlap: pairs of neighbouring Han or Kana, and whole words of other scripts. */
export function contentUnits(text: string): ReadonlySet<string> {
  const words = tokens(text);
  const units = new Set<string>();
  words.forEach((word, i) => {
    const next = words[i + 1];
    if (!startsUnspaced(word)) units.add(word);
    else if (next !== undefined && startsUnspaced(next)) units.add(word + next);
  });
  return units.size === 0 ? new Set(words) : units;
}

/** The share of the union of two sets that both hold, 0 to 1. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const unit of small) if (large.has(unit)) shared += 1;
  const either = a.size + b.size - shared;
  return either === 0 ? 0 : shared / either;
}

/** Double-width characters, each of which says as much as several Latin ones: Han, Kana, Hangul, full-width forms. */
export function wideCount(text: string): number {
  let wide = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (
      code >= 0x1100 &&
      (isUnspaced(classAt(text, at)) || scriptOfClass(classAt(text, at)) === 'Hangul' || isWideMark(code))
    ) {
      wide += 1;
    }
  }
  return wide;
}
const isWideMark = (code: number): boolean => (code >= 0x3000 && code <= 0x303f) || (code >= 0xff01 && code <= 0xff60);
