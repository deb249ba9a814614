import { jsonrepair } from 'jsonrepair';

/**
 * Commands of LaTeX that begin with a letter which JSON takes for an escape: `\times` would become a tab and `imes`.
 * Those that could also be a line end before a short word (`\ne`, `\nu`) are not among them.
 */
const COMMANDS = new Set(
  (
    'nabla neg neq nleq ngeq notin not nmid rho right rangle rightarrow rceil rfloor rm ' +
    'text textbf textit textrm times theta tau tan tanh to top tilde triangle therefore tfrac'
  ).split(' '),
);
const ESCAPE = /\\(u[0-9a-fA-F]{4}|[\s\S]?)([A-Za-z]*)/g;

/** Doubles the backslashes of LaTeX that was written with single ones, the illegal escapes and the legal ones. */
export const doubleBackslashes = (json: string): string =>
  json.includes('\\')
    ? json.replace(ESCAPE, (whole, mark: string, tail: string) => (isEscape(mark, tail) ? whole : `\\${whole}`))
    : json;

function isEscape(mark: string, tail: string): boolean {
  if (mark.length > 1) return true;
  if (mark === 'n' || mark === 'r' || mark === 't') return !COMMANDS.has(mark + tail);
  // Not `b` and `f`: nobody writes a backspace or a form feed, but \beta and \frac.
  return mark === '"' || mark === '\\' || mark === '/';
}

const STRUCTURE: Readonly<Record<string, string>> = {
  '：': ':',
  '，': ',',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
};

/**
 * Mends what models get wrong around and inside strings: full-width punctuation between them, commas before a closing
 * bracket, raw control characters inside them.
 */
export function mend(json: string): string {
  return json.replace(/"(?:[^"\\]|\\[\s\S])*"?|[^"]+/g, (part) =>
    part.startsWith('"') ? escapeControls(part) : mendBetween(part),
  );
}

// The C0 controls, which JSON forbids inside strings.
const CONTROL = /[^\P{Cc}\x7F-\x9F]/gu;
const escapeControls = (text: string): string =>
  text.replace(CONTROL, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);

const mendBetween = (text: string): string =>
  text.replace(/[：，｛｝［］]/g, (mark) => STRUCTURE[mark] ?? mark).replace(/,(?=\s*[}\]])/g, '');

/** What a string may be followed by: in an object a key's colon, a bracket or the next key; in a list any next value. */
const ENDS_IN_OBJECT = /\s*(?:[:：}\]｝］]|[,，]\s*(?:"[A-Za-z_]{1,20}"\s*[:：]|[}｝]|$)|$)/y;
const ENDS_IN_LIST = /\s*(?:[}\]｝］]|[,，]\s*(?:["{[\]]|null|true|false|-?\d|$)|$)/y;

/** Escapes quotation marks that stand inside strings without a backslash: those after which no string could end. */
export function requote(json: string): string {
  const lists: boolean[] = [];
  let out = '';
  for (let at = 0; at < json.length; at += 1) {
    const char = json.charAt(at);
    if (char !== '"') {
      if ('{[｛［'.includes(char)) lists.push('[［'.includes(char));
      if ('}]｝］'.includes(char)) lists.pop();
      out += char;
      continue;
    }
    const end = stringEnd(json, at, lists.at(-1) ? ENDS_IN_LIST : ENDS_IN_OBJECT);
    out += `"${json.slice(at + 1, end).replace(/\\[\s\S]|"/g, (part) => (part === '"' ? '\\"' : part))}"`;
    at = end;
  }
  return out;
}

function stringEnd(json: string, start: number, ends: RegExp): number {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === '\\') at += 1;
    else if (json[at] === '"') {
      ends.lastIndex = at + 1;
      if (ends.test(json)) return at;
    }
  }
  return json.length;
}

/**
 * How an object was read:
 * - `plain`: as it was written; - `backslashes`: with the backslashes of its formulas doubled;
 * - `mended`: with full-width signs and raw controls mended; - `requoted`: with quotation marks escaped;
 * - `repaired`: by the library that repairs nearly anything, and so comes last.
 */
export const READ_STEPS = ['plain', 'backslashes', 'mended', 'requoted', 'repaired'] as const;
export type ReadStep = (typeof READ_STEPS)[number];
export interface Read {
  readonly value: unknown;
  readonly step: ReadStep;
}

/** What `json` says, by the first step that can read it; null when none can. It has to be whole: nothing is completed. */
export function readJson(json: string): Read | null {
  const doubled = doubleBackslashes(json);
  return (
    parse(doubled, doubled === json ? 'plain' : 'backslashes') ??
    parse(mend(doubled), 'mended') ??
    parse(mend(requote(doubled)), 'requoted') ??
    repaired(doubled)
  );
}

function parse(json: string, step: ReadStep): Read | null {
  try {
    return { value: JSON.parse(json), step };
  } catch {
    return null;
  }
}

/**
 * What the library takes for a quotation mark. From each that ends no string it reads on to the end, and then reads
 * again: of thousands it would make minutes. A card has two a string, and some inside.
 */
const MARK = /["'`´“”‘’&]/g;
const MAX_MARKS = 128;

function repaired(json: string): Read | null {
  const mended = mend(json);
  if ((mended.match(MARK)?.length ?? 0) > MAX_MARKS) return null;
  try {
    return parse(jsonrepair(mended), 'repaired');
  } catch {
    return null;
  }
}
