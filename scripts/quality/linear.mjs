// Whether a regular expression takes time that grows with the length of a text alone, whatever the text: recheck says so.
import { readFileSync } from 'node:fs';

// Its builds for Java and for each platform are not installed.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

/** A part that repeats nothing more often costs no more than this at each place of a text. */
const MAX_STEPS = 2_000;
const TIMEOUT_MS = 60_000;
/** It tries texts by chance where it can prove nothing: the same each time. */
const SEED = 17;

const { version } = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync('node_modules/recheck/package.json', 'utf8'))
);
/** Stands for recheck and for the rules of this file: what was judged by others is judged again. */
export const JUDGE = `${version} 2`;

/**
 * Nothing where an expression is linear, else what is wrong with it.
 * @param {string} source
 * @param {string} flags
 * @returns {string | undefined}
 */
export function faultOf(source, flags) {
  // Alternatives of the whole are tried one after the other: the time is the sum of their times.
  for (const part of alternativesOf(source)) {
    if (isBounded(part) || isGuardedRun(part)) continue;
    const { status, ...found } = checkSync(part, flags.replace(/[dgv]/g, ''), {
      timeout: TIMEOUT_MS,
      randomSeed: SEED,
    });
    if (status === 'safe') continue;
    const complexity = 'complexity' in found ? found.complexity?.summary : undefined;
    const attack = 'attack' in found ? found.attack?.pattern : undefined;
    return `${complexity ?? 'cannot be judged'}${attack ? `, as for ${attack.slice(0, 120)}` : ''}`;
  }
  return undefined;
}

/**
 * The alternatives of the whole expression.
 * @param {string} source
 */
export function alternativesOf(source) {
  const parts = [''];
  let depth = 0;
  for (const token of tokensOf(source)) {
    if (token.startsWith('(')) depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + token);
  }
  return parts;
}

/**
 * Whether nothing in it repeats without end, and what repeats, does so few times.
 * @param {string} part
 */
export function isBounded(part) {
  let steps = 1;
  for (const token of tokensOf(part)) {
    if (token === '*' || token === '+') return false;
    const [, min, comma, max = comma ? '' : min] = /^\{(\d+)(?:(,)(\d*))?\}$/.exec(token) ?? [];
    if (max === '') return false;
    if (max !== undefined) steps *= Math.max(1, Number(max));
  }
  return steps <= MAX_STEPS;
}

/**
 * Whether it is a run that is matched from its beginning alone, `(?<!x)x+`, and no more than a few steps behind it. The
 * time is that of the run, once. recheck tries such a run by chance, and errs.
 * @param {string} part
 */
export function isGuardedRun(part) {
  const [open, guard, close, run, repeat, ...rest] = tokensOf(part.replace(/^\(\?<!/, '\u0001'));
  return open === '\u0001' && close === ')' && guard === run && repeat === '+' && isBounded(rest.join(''));
}

/**
 * A class, an escape, a counted repeat, the beginning of a group, or a character.
 * @param {string} source
 * @returns {string[]}
 */
const tokensOf = (source) => source.match(/\[(?:\\[^]|[^\\\]])*\]|\\[^]|\{\d+(?:,\d*)?\}|[^]/g) ?? [];
