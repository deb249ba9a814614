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

/** What a level does to one cluster, and what it leaves as it stands. */
interface Level {
  readonly fold: (cluster: string) => string;
  /** A unit that stays, unless what follows composes with it. Never a blank. */
  readonly keeps: (code: number) => boolean;
  /** Whether a blank stays where it is between these two units that stay. */
  readonly keepsBlank: (before: number, after: number) => boolean;
}

const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;
const isHan = (code: number): boolean => between(code, 0x4e00, 0x9fff);
const isUpperCase = (code: number): boolean => between(code, 0x41, 0x5a);
const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const LEVELS: Readonly<Record<FoldLevel, Level>> = {
  key: {
    fold: (cluster) => {
      if (cluster === '\r\n' || cluster === '\r') return '\n';
      return cluster === '\uFEFF' ? '' : cluster.normalize('NFC');
    },
    // Below U+0300 every letter is composed.
    keeps: (code) => (code < 0x300 ? code !== SPACE && code !== TAB && code !== CARRIAGE_RETURN : isHan(code)),
    keepsBlank: (_before, after) => after !== LINE_FEED,
  },
  match: {
    fold: (cluster) => {
      // Before the blanks: to JavaScript a BOM is one.
      const seen = cluster.replace(INVISIBLE, '');
      if (BLANK.test(seen)) return ' ';
      const plain = seen.normalize('NFKC');
      return SEEN_ALIKE[plain] ?? plain.toLowerCase();
    },
    keeps: (code) => (between(code, 0x21, 0x7e) && !isUpperCase(code)) || isHan(code),
    keepsBlank: (before, after) => !isHan(before) && !isHan(after),
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
  const rules = LEVELS[level];
  const folding = new Folding(level, text.length);
  for (let at = 0; at < text.length;) {
    const keptTo = keptUntil(text, at, rules);
    if (keptTo > at) {
      folding.keep(text, at, keptTo);
      at = keptTo;
      continue;
    }
    const cluster = clusterAt(text, at);
    folding.add(rules.fold(cluster), at, at + cluster.length);
    at += cluster.length;
  }
  return folding.done();
}

// Past the last unit `charCodeAt` gives NaN, which no comparison holds for.
const canExtend = (code: number): boolean => code >= 0x300 && !isHan(code) && !between(code, 0x3000, 0x3029);

/** Where the run ends that begins at `from` and that this level leaves as it is. Most of a text is of such runs. */
function keptUntil(text: string, from: number, { keeps, keepsBlank }: Level): number {
  let at = from;
  let before = NaN;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === SPACE && at > from) {
      const after = text.charCodeAt(at + 1);
      if (!keeps(after) || !keepsBlank(before, after)) break;
    } else if (!keeps(code)) break;
    before = code;
  }
  return at > from && canExtend(text.charCodeAt(at)) ? at - 1 : at;
}

/** The cluster that begins at `at`. The regular expression is the truth; the test before it saves most of its calls. */
function clusterAt(text: string, at: number): string {
  const code = text.charCodeAt(at);
  const simple = code < 0x300 ? code !== CARRIAGE_RETURN : isHan(code);
  if (simple && !canExtend(text.charCodeAt(at + 1))) return text[at] as string;
  CLUSTER.lastIndex = at;
  return CLUSTER.exec(text)?.[0] ?? (text[at] as string);
}

// Writing without blanks between the words: han, kana and their punctuation.
const UNSPACED = /[\u3000-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uD840-\uD8BF]/;

/** Collects folded units; holds blanks back until it is known what follows them. */
class Folding {
  #text = '';
  #starts: Uint32Array;
  #ends: Uint32Array;
  #blanks: { unit: string; start: number; end: number }[] = [];
  #afterUnspaced = false;

  readonly #level: FoldLevel;

  /** `units`: how many it will have, near enough. */
  constructor(level: FoldLevel, units: number) {
    this.#level = level;
    this.#starts = new Uint32Array(units);
    this.#ends = new Uint32Array(units);
  }

  /** The units of `text` from `from` to `to`, as they are. */
  keep(text: string, from: number, to: number): void {
    if (this.#blanks.length > 0) this.#resolveBlanks(text.charAt(from), this.#isUnspaced(text.charAt(from)));
    let at = this.#reserve(to - from);
    this.#text += text.slice(from, to);
    for (let start = from; start < to; start += 1, at += 1) {
      this.#starts[at] = start;
      this.#ends[at] = start + 1;
    }
    this.#afterUnspaced = this.#isUnspaced(text.charAt(to - 1));
  }

  add(folded: string, start: number, end: number): void {
    if (folded === '') return;
    if (folded === ' ' || (folded === '\t' && this.#level === 'key')) {
      this.#blanks.push({ unit: folded, start, end });
      return;
    }
    const unspaced = this.#isUnspaced(folded);
    if (this.#blanks.length > 0) this.#resolveBlanks(folded, unspaced);
    this.#append(folded, start, end);
    this.#afterUnspaced = unspaced;
  }

  done(): Folded {
    const units = this.#text.length;
    return { text: this.#text, starts: this.#starts.slice(0, units), ends: this.#ends.slice(0, units) };
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
    const at = this.#reserve(folded.length);
    this.#text += folded;
    this.#starts.fill(start, at, at + folded.length);
    this.#ends.fill(end, at, at + folded.length);
  }

  /** Enlarges the arrays for `units` more, and returns where they begin. */
  #reserve(units: number): number {
    const at = this.#text.length;
    if (at + units > this.#starts.length) {
      this.#starts = enlarged(this.#starts, at + units);
      this.#ends = enlarged(this.#ends, at + units);
    }
    return at;
  }

  #isUnspaced(folded: string): boolean {
    return this.#level === 'match' && folded.charCodeAt(0) >= 0x3000 && UNSPACED.test(folded.charAt(0));
  }
}

function enlarged(numbers: Uint32Array, length: number): Uint32Array {
  const larger = new Uint32Array(2 * length);
  larger.set(numbers);
  return larger;
}

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
