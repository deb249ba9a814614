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

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F]/g;
const escapeControls = (text: string): string =>
  text.replace(CONTROL, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);

const mendBetween = (text: string): string =>
  text.replace(/[：，｛｝［］]/g, (mark) => STRUCTURE[mark] ?? mark).replace(/,(?=\s*[}\]])/g, '');

/** What `json` says, read as it is or mended; undefined when it cannot be read. */
export function readJson(json: string): unknown {
  const doubled = doubleBackslashes(json);
  return parse(doubled) ?? parse(mend(doubled));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
