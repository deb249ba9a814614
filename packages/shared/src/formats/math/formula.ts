import { deletions, placesOf, reveal } from '../../text/cloze';
import { COMMANDS, ENVIRONMENTS } from './commands';

// What stands for something else in TeX. A `\` takes the letters or the sign behind it; `^^` writes a letter by number.
const TOKEN = /\\(?:([A-Za-z]+)|([^A-Za-z]))?|[{}$`#]|\p{Cc}|\^\^/gu;
const SIGNS = new Set(',:;!>|{}$%&#_\\ \n');
const ENVIRONMENT = /\{([A-Za-z]+\*?)\}/y;
const BLANKS = new Set(['\n', '\r', '\t']);

/**
 * Whether a passage between the signs of a formula is one, for every format: mathematics and nothing else. Readers run
 * TeX: it links, loads and defines. So a command that is not known, a brace without its other, or a sign that ends the
 * formula elsewhere makes the passage text. A formula around the places of a cloze is judged as each card shows it.
 */
export function isFormula(body: string): boolean {
  if (!isMathematics(body)) return false;
  if (!body.includes('{{c')) return true;
  const parts = placesOf(body);
  if (!parts) return false;
  const shown = deletions(parts).flatMap(({ hidden, hint }) => [hidden, hint ?? '']);
  return isMathematics(reveal(parts)) && shown.every((text) => text === '' || isMathematics(text));
}

function isMathematics(body: string): boolean {
  if (body.trim() === '') return false;
  let depth = 0;
  for (const { 0: token, 1: name, 2: sign, index } of body.matchAll(TOKEN)) {
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    else if (!BLANKS.has(token) && !isKnown(name, sign, body, index + token.length)) return false;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** A command by its name or its sign; of an environment, which one. */
function isKnown(name: string | undefined, sign: string | undefined, body: string, end: number): boolean {
  if (name === undefined) return sign !== undefined && SIGNS.has(sign);
  if (name !== 'begin' && name !== 'end') return COMMANDS.has(name);
  ENVIRONMENT.lastIndex = end;
  return ENVIRONMENTS.has(ENVIRONMENT.exec(body)?.[1] ?? '');
}

/**
 * A formula as every target writes it. A `%` would hide what follows it, and two braces begin a field or a template:
 * between braces a blank means nothing.
 */
export const texOf = (body: string): string => body.replace(/\\[^]|%/g, (sign) => (sign === '%' ? '\\%' : sign));
