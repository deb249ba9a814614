/**
 * A text folded for comparing, with the way back to the text as it was posted.
 *
 * `key` folds what no reader sees: a BOM, line ends, canonical composition (NFC), blanks at line ends.
 * `match` also folds what models change when they copy: full-width forms, letter case, runs of white space, quote
 * marks, zero-width characters. White space at the ends and beside a Chinese or Japanese character vanishes.
 * `starts[i]` and `ends[i]` are the posted range that folded unit `i` came from; null where each stayed in its place.
 */
export interface Folded {
  readonly text: string;
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
}
export type FoldLevel = 'key' | 'match';

// What composes does so only as a whole, so folding goes cluster by cluster: a letter with its combining marks, the
// letters of a Korean syllable, a half-width kana with its voicing mark.
const CLUSTER = /\r\n|\P{M}[\p{M}\u1161-\u1175\u11A8-\u11C2\uFF9E\uFF9F]*|\p{M}+/suy;
const BLANK = /^\s+$/u;
// oxlint-disable-next-line no-misleading-character-class -- each of them alone is what is looked for
const INVISIBLE = /[\u200B\u2060\uFEFF\u00AD\uFE0E\uFE0F]/g;
const SEEN_ALIKE: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '«': '"',
  '»': '"',
  '「': '"',
  '」': '"',
  '『': '"',
  '』': '"',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‹': "'",
  '›': "'",
  '‐': '-',
  '–': '-',
  '—': '-',
  '―': '-',
  '−': '-',
  '。': '.',
  '、': ',',
};

const FOLDS: Readonly<Record<FoldLevel, (cluster: string) => string>> = {
  key: (cluster) => {
    if (cluster === '\r\n' || cluster === '\r') return '\n';
    return cluster === '\uFEFF' ? '' : cluster.normalize('NFC');
  },
  match: (cluster) => {
    // Before the blanks: to JavaScript a BOM is one.
    const seen = cluster.replace(INVISIBLE, '');
    if (BLANK.test(seen)) return ' ';
    const plain = seen.normalize('NFKC');
    return SEEN_ALIKE[plain] ?? plain.toLowerCase();
  },
};

// Most posted texts are already as `key` would make them. Of a run of blanks only the last is looked at: looking at
// whole runs costs the square of their length.
const CHANGED_BY_KEY = /[\r\uFEFF]|[ \t](?:\n|$)/;
const keyIsIdentity = (text: string): boolean => !CHANGED_BY_KEY.test(text) && text.normalize('NFC') === text;

// Words of ASCII with single blanks between them: only letter case changes, and nothing moves.
const ASCII_WORDS = /^[\x21-\x7E]+(?: [\x21-\x7E]+)*$/;

/** Folds `text`. Pure; linear in the length of the text. */
export function fold(text: string, level: FoldLevel): Folded {
  if (level === 'key' && keyIsIdentity(text)) return { text, starts: null, ends: null };
  if (level === 'match' && ASCII_WORDS.test(text)) return { text: text.toLowerCase(), starts: null, ends: null };
  const folding = new Folding(level);
  for (let at = 0; at < text.length;) {
    const cluster = clusterAt(text, at);
    folding.add(isPlain(cluster) ? cluster : FOLDS[level](cluster), at, at + cluster.length);
    at += cluster.length;
  }
  return folding.done();
}

const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;
const isHan = (code: number): boolean => between(code, 0x4e00, 0x9fff);
// Past the last unit `charCodeAt` gives NaN, which no comparison holds for.
const canExtend = (code: number): boolean => code >= 0x300 && !isHan(code) && !between(code, 0x3000, 0x3029);

/** Lower-case ASCII letters, digits and Chinese characters fold to themselves, whatever the level. */
function isPlain(cluster: string): boolean {
  if (cluster.length > 1) return false;
  const code = cluster.charCodeAt(0);
  return between(code, 0x61, 0x7a) || isHan(code) || between(code, 0x30, 0x39);
}

/** The cluster that begins at `at`. The regular expression is the truth; the test before it saves most of its calls. */
function clusterAt(text: string, at: number): string {
  const code = text.charCodeAt(at);
  const simple = code < 0x300 ? code !== 0x0d : isHan(code);
  if (simple && !canExtend(text.charCodeAt(at + 1))) return text[at] as string;
  CLUSTER.lastIndex = at;
  return CLUSTER.exec(text)?.[0] ?? (text[at] as string);
}

// Writing without blanks between the words: han, kana and their punctuation.
const UNSPACED = /[\u3000-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uD840-\uD8BF]/;

/** Collects folded units; holds blanks back until it is known what follows them. */
class Folding {
  #text = '';
  #starts: number[] = [];
  #ends: number[] = [];
  #blanks: { unit: string; start: number; end: number }[] = [];
  #afterUnspaced = false;

  readonly #level: FoldLevel;

  constructor(level: FoldLevel) {
    this.#level = level;
  }

  add(folded: string, start: number, end: number): void {
    if (folded === '') return;
    if (folded === ' ' || (folded === '\t' && this.#level === 'key')) {
      this.#blanks.push({ unit: folded, start, end });
      return;
    }
    const unspaced = this.#level === 'match' && isUnspaced(folded);
    if (this.#blanks.length > 0) this.#resolveBlanks(folded, unspaced);
    this.#append(folded, start, end);
    this.#afterUnspaced = unspaced;
  }

  done(): Folded {
    return { text: this.#text, starts: Uint32Array.from(this.#starts), ends: Uint32Array.from(this.#ends) };
  }

  /** Decides what becomes of the blanks before `next`: at the `key` level they go at a line's end, else stay. */
  #resolveBlanks(next: string, beforeUnspaced: boolean): void {
    const first = this.#blanks[0];
    const last = this.#blanks.at(-1);
    if (!first || !last) return;
    if (this.#level === 'key') {
      if (next !== '\n') for (const { unit, start, end } of this.#blanks) this.#append(unit, start, end);
    } else if (!beforeUnspaced && !this.#afterUnspaced && this.#text !== '') {
      this.#append(' ', first.start, last.end);
    }
    this.#blanks = [];
  }

  #append(folded: string, start: number, end: number): void {
    this.#text += folded;
    for (let i = 0; i < folded.length; i += 1) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }
}

const isUnspaced = (folded: string): boolean => folded.charCodeAt(0) >= 0x3000 && UNSPACED.test(folded.charAt(0));

/** The posted range `[start, end)` behind the folded range `[from, to)`; `to` is greater than `from`. */
export function unfold(folded: Folded, from: number, to: number): readonly [number, number] {
  if (!folded.starts || !folded.ends) return [from, to];
  return [folded.starts[from] ?? 0, folded.ends[to - 1] ?? 0];
}

/**
 * The folded range that covers the posted range `[start, end)`: the other direction of `unfold`.
 * It is empty where folding left nothing of that range.
 */
export function refold(folded: Folded, start: number, end: number): readonly [number, number] {
  if (!folded.starts || !folded.ends) return [start, end];
  const from = firstAbove(folded.ends, start);
  return [from, Math.max(from, firstAbove(folded.starts, end - 1))];
}

/** Index of the first of the rising `numbers` that is greater than `limit`. */
function firstAbove(numbers: Uint32Array, limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
