import { isFormula } from './formula';

/** A stretch of a card's text: words, code between backticks, or a formula within a line or on its own. */
export interface Stretch {
  readonly kind: 'text' | 'code' | 'inline' | 'display';
  /** Of `code` with its backticks; of a formula without its signs. */
  readonly body: string;
}

/** A stretch between two signs, and where it stands with them. */
interface Passage extends Stretch {
  readonly start: number;
  readonly end: number;
}

/** Takes a text apart; the stretches in a row are the text, but for the signs around formulas. */
export function stretchesOf(text: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const { kind, body, start, end } of passagesOf(text)) {
    // A passage that is no formula stays among the words around it.
    if (kind !== 'code' && !isFormula(body)) continue;
    if (at < start) stretches.push({ kind: 'text', body: text.slice(at, start) });
    stretches.push({ kind, body });
    at = end;
  }
  if (at < text.length) stretches.push({ kind: 'text', body: text.slice(at) });
  return stretches;
}

const NONE = Infinity;

/** Code comes first, since what stands there is no formula. Reads the text once: each end is sought behind the last. */
function* passagesOf(text: string): Generator<Passage> {
  const opener = /`+|\$+|\\[([]/g;
  const closing = closingIn(text);
  for (let match = opener.exec(text); match; match = opener.exec(text)) {
    const signs = match[0];
    const from = opener.lastIndex;
    const to = closing(signs, from);
    if (to === NONE) continue;
    const { kind, length } = shapeOf(signs);
    const [start, end] = [from - length, to + length];
    yield { kind, body: kind === 'code' ? text.slice(start, end) : text.slice(from, to), start, end };
    opener.lastIndex = end;
  }
}

function shapeOf(signs: string): { kind: Stretch['kind']; length: number } {
  if (signs.startsWith('`')) return { kind: 'code', length: signs.length };
  if (signs === '$') return { kind: 'inline', length: 1 };
  return { kind: signs === '\\(' ? 'inline' : 'display', length: 2 };
}

/** Where the body behind some signs ends; `NONE` where it does not. Asked from ever later places. */
function closingIn(text: string): (signs: string, from: number) => number {
  // In TeX two backslashes are a line end, and begin no sign.
  const paren = seek(text, /(?<!\\)(?:\\\\)*\\\)/g);
  const bracket = seek(text, /(?<!\\)(?:\\\\)*\\\]/g);
  const ticks = seekTicks(text);
  return (signs, from) => {
    if (signs.startsWith('`')) return ticks(signs.length, from);
    if (signs === '\\(') return paren(from) - 2;
    if (signs === '\\[') return bracket(from) - 2;
    return signs === '$' ? closingDollar(text, from) : closingDollars(text, from);
  };
}

/** The end of the next sign, from ever later places. */
function seek(text: string, sign: RegExp): (from: number) => number {
  let found = 0;
  return (from) => {
    if (found <= from) {
      sign.lastIndex = from;
      found = sign.test(text) ? sign.lastIndex : NONE;
    }
    return found;
  };
}

/** The next backticks of the same number, on the same line. */
function seekTicks(text: string): (count: number, from: number) => number {
  const runs = new Map<number, number[]>();
  // The last comes first, so that the next is at the end of its list.
  for (const { 0: run, index } of [...text.matchAll(/`+/g)].reverse()) {
    const starts = runs.get(run.length);
    if (starts) starts.push(index);
    else runs.set(run.length, [index]);
  }
  const lineEnd = seek(text, /\n/g);
  return (count, from) => {
    const starts = runs.get(count) ?? [];
    while ((starts.at(-1) ?? NONE) < from) starts.pop();
    const start = starts.at(-1) ?? NONE;
    return start < lineEnd(from) ? start : NONE;
  };
}

function closingDollars(text: string, from: number): number {
  const at = text.indexOf('$', from);
  return text[from] !== ']' && at > 0 && text[at + 1] === '$' ? at : NONE;
}

const DOLLAR_BODY = /(?:[^$`\\\n]|\\.)*/y;

/**
 * A dollar begins a formula only where pandoc would say so: nothing blank is inside of its signs, and no digit follows.
 * So prices stay prices.
 */
function closingDollar(text: string, from: number): number {
  if (/[\\$]/.test(text[from - 2] ?? '') || !/[^\s\]]/.test(text[from] ?? '')) return NONE;
  DOLLAR_BODY.lastIndex = from;
  DOLLAR_BODY.test(text);
  const to = DOLLAR_BODY.lastIndex;
  const isClosed = text[to] === '$' && /\S/.test(text[to - 1] ?? '') && !/[\d$]/.test(text[to + 1] ?? '');
  return isClosed && to > from ? to : NONE;
}
