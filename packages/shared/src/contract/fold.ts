/**
 * A text folded for comparing, with the way back to the text as it was posted.
 *
 * `key` folds what no reader sees: a BOM, line ends, canonical composition (NFC), blanks at line ends.
 * `match` folds also what models change when they copy: full-width forms, letter case, runs of white space, quote marks.
 * `starts[i]` and `ends[i]` are the posted range that folded unit `i` came from; null where folding changed nothing.
 */
export interface Folded {
  readonly text: string;
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
}
export type FoldLevel = 'key' | 'match';

// One base letter with its combining marks composes to something only as a whole, so folding goes cluster by cluster.
const CLUSTER = /\r\n|\P{M}\p{M}*|\p{M}+/gsu;
const SEEN_ALIKE: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '「': '"',
  '」': '"',
  '『': '"',
  '』': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '−': '-',
  '。': '.',
  '、': ',',
};

const FOLDS: Readonly<Record<FoldLevel, (cluster: string) => string>> = {
  key: (cluster) => (cluster === '\r\n' || cluster === '\r' ? '\n' : cluster === '\uFEFF' ? '' : cluster.normalize('NFC')),
  match: (cluster) => {
    if (/^\s+$/u.test(cluster)) return ' ';
    if (/^[\u200B\u2060\uFEFF\u00AD]$/u.test(cluster)) return '';
    return SEEN_ALIKE[cluster] ?? cluster.normalize('NFKC').toLowerCase();
  },
};

// ASCII is most of what is posted in English; it needs no cluster by cluster work at the `key` level.
const CHANGED_BY_KEY = /[\r\uFEFF]|[ \t]+(?=\n|$)/;
const keyIsIdentity = (text: string): boolean => !CHANGED_BY_KEY.test(text) && text.normalize('NFC') === text;

/** Folds `text`. Pure; linear in the length of the text. */
export function fold(text: string, level: FoldLevel): Folded {
  if (level === 'key' && keyIsIdentity(text)) return { text, starts: null, ends: null };
  const out: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let blank = false;
  for (const match of text.matchAll(CLUSTER)) {
    const cluster = match[0];
    const folded = FOLDS[level](cluster);
    // Runs of white space fold to their first blank.
    if (level === 'match' && folded === ' ' && blank) {
      ends[ends.length - 1] = match.index + cluster.length;
      continue;
    }
    blank = folded === ' ';
    if (level === 'key' && folded === '\n') dropTrailingBlanks(out, starts, ends);
    for (let i = 0; i < folded.length; i += 1) {
      out.push(folded[i] as string);
      starts.push(match.index);
      ends.push(match.index + cluster.length);
    }
  }
  if (level === 'key') dropTrailingBlanks(out, starts, ends);
  return { text: out.join(''), starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}

function dropTrailingBlanks(out: string[], starts: number[], ends: number[]): void {
  while (out.at(-1) === ' ' || out.at(-1) === '\t') {
    out.pop();
    starts.pop();
    ends.pop();
  }
}

/** The posted range `[start, end)` behind the folded range `[from, to)`; `to` is greater than `from`. */
export function unfold(folded: Folded, from: number, to: number): readonly [number, number] {
  if (!folded.starts || !folded.ends) return [from, to];
  return [folded.starts[from] ?? 0, folded.ends[to - 1] ?? 0];
}

/** The folded range that covers the posted range `[start, end)`: the other direction of `unfold`. */
export function refold(folded: Folded, start: number, end: number): readonly [number, number] {
  if (!folded.starts || !folded.ends) return [start, end];
  const from = folded.ends.findIndex((postedEnd) => postedEnd > start);
  const to = folded.starts.findLastIndex((postedStart) => postedStart < end);
  return [Math.max(from, 0), to + 1];
}
