/** One part of a cloze sentence: visible words, or hidden words. */
export interface ClozePart {
  readonly words: string;
  readonly hidden: boolean;
  readonly hint?: string;
}

const OPEN = /\{\{c[\d,]+::/g;
const CLOSE = '}}';

/** The parts of a sentence in Anki's grammar (`{{c1::words::hint}}`). Reads it once, however many gaps are left open. */
export function clozeParts(sentence: string): readonly ClozePart[] {
  const parts: ClozePart[] = [];
  let at = 0;
  for (const { 0: open, index } of sentence.matchAll(OPEN)) {
    if (index < at) continue;
    const from = index + open.length;
    const to = sentence.indexOf(CLOSE, from);
    if (to < 0) break;
    if (index > at) parts.push({ words: shown(sentence.slice(at, index)), hidden: false });
    parts.push(gapOf(sentence.slice(from, to)));
    at = to + CLOSE.length;
  }
  if (at < sentence.length) parts.push({ words: shown(sentence.slice(at)), hidden: false });
  return parts;
}

/** The first colons of a gap begin its hint. */
function gapOf(body: string): ClozePart {
  const colons = body.indexOf('::');
  if (colons < 0) return { words: shown(body), hidden: true };
  const hint = shown(body.slice(colons + 2));
  return { words: shown(body.slice(0, colons)), hidden: true, ...(hint ? { hint } : {}) };
}

/** Inside a gap, colons and braces are escaped so that they do not end it. */
const shown = (words: string): string => words.replaceAll('&#58;', ':').replaceAll('} }', '}}');
