/** One part of a cloze sentence: visible words, or hidden words. */
export interface ClozePart {
  readonly words: string;
  readonly hidden: boolean;
  readonly hint?: string;
}

const GAP = /\{\{c[\d,]+::(.*?)(?:::(.*?))?\}\}/gs;

/** The parts of a sentence in Anki's grammar (`{{c1::words::hint}}`). */
export function clozeParts(sentence: string): readonly ClozePart[] {
  const parts: ClozePart[] = [];
  let at = 0;
  for (const { 0: whole, 1: words = '', 2: hint, index } of sentence.matchAll(GAP)) {
    if (index > at) parts.push({ words: shown(sentence.slice(at, index)), hidden: false });
    parts.push({ words: shown(words), hidden: true, ...(hint ? { hint: shown(hint) } : {}) });
    at = index + whole.length;
  }
  if (at < sentence.length) parts.push({ words: shown(sentence.slice(at)), hidden: false });
  return parts;
}

/** Inside a gap, colons and braces are escaped so that they do not end it. */
const shown = (words: string): string => words.replaceAll('&#58;', ':').replaceAll('} }', '}}');
