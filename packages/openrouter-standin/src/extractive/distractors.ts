import { hash32 } from '../seeded';
import type { Term } from './terms';

const WANTED = 3;
const LEAST = 2;
const CHINESE_DIGITS = '一二三四五六七八九十';

/** The nth number near this one, written in the same way. */
function near(text: string, digits: string, factor: number): string {
  const value = Number(digits.replace(/,/g, ''));
  const decimals = digits.includes('.') ? (digits.split('.')[1] ?? '').length : 0;
  const moved = (value * factor).toFixed(decimals);
  const grouped = digits.includes(',') ? Number(moved).toLocaleString('en-US') : moved;
  return text.replace(digits, grouped);
}

const FACTORS = [0.5, 2, 1.5, 0.8, 3, 1.2];
const YEAR_STEPS = [-12, 9, 21, -5, 4, -30];

function numbersLike(text: string): string[] {
  const digits = /\d[\d,]*(?:\.\d+)?/.exec(text)?.[0];
  if (digits !== undefined) {
    // A share cannot pass a hundred per cent, nor a century the present.
    const max = /[%％]|percent|per cent/.test(text) ? 100 : /世纪/.test(text) ? 21 : Infinity;
    return FACTORS.map((factor) => near(text, digits, factor)).filter((other) => {
      const value = Number(/\d[\d,.]*/.exec(other)?.[0].replace(/,/g, ''));
      return value > 0 && value <= max;
    });
  }
  const at = CHINESE_DIGITS.indexOf(text.charAt(0).replace('两', '二'));
  if (at < 1 || CHINESE_DIGITS.includes(text.charAt(1))) return [];
  return [at + 1, at - 1, at + 2, at + 3]
    .filter((other) => other > 0 && other < CHINESE_DIGITS.length)
    .map((other) => (other === 1 ? '两' : CHINESE_DIGITS.charAt(other)) + text.slice(1));
}

function yearsLike(text: string): string[] {
  const digits = /\d{3,4}/.exec(text)?.[0];
  if (digits === undefined) return numbersLike(text);
  return YEAR_STEPS.map((step) => text.replace(digits, String(Number(digits) + step)));
}

const WORD_NUMBERS = 'two three four five six seven eight nine ten eleven twelve'.split(' ');

function countsLike(text: string): string[] {
  const at = WORD_NUMBERS.indexOf(text.toLowerCase());
  if (at < 0) return numbersLike(text);
  return [at + 1, at - 1, at + 2, at + 3].flatMap((other) => WORD_NUMBERS[other] ?? []);
}

const isLatin = (text: string): boolean => /^[\p{Script=Latin}\d\s'’-]+$/u.test(text);
const isName = (text: string): boolean => /^\p{Lu}/u.test(text);
const isPlural = (text: string): boolean => /[^su]s$/.test(text);

/** How similar two terms look: the shape of a wrong answer must not give it away. */
function likeness(a: string, b: string): number {
  if (isLatin(a) !== isLatin(b)) return -1;
  if (isLatin(a) && isName(a) !== isName(b)) return -1;
  const words = isLatin(a) ? Math.abs(a.split(' ').length - b.split(' ').length) : Math.abs(a.length - b.length) / 2;
  const ending = a.at(-1) === b.at(-1) ? 1.5 : 0;
  const number = isLatin(a) && isPlural(a) === isPlural(b) ? 1 : 0;
  return Math.max(0, 4 - words * 1.5) + ending + number;
}

function termsLike(term: string, pool: readonly string[], front: string): string[] {
  const seen = front.toLowerCase();
  const answer = term.toLowerCase();
  return pool
    .filter((other) => {
      const lower = other.toLowerCase();
      return !seen.includes(lower) && !answer.includes(lower) && !lower.includes(answer);
    })
    .map((other) => ({ other, score: likeness(term, other) }))
    .filter(({ score }) => score >= 2)
    .sort((a, b) => b.score - a.score || hash32(a.other) - hash32(b.other))
    .map(({ other }) => other);
}

/** Wrong answers for a choice, of the same shape as the right one; null if there are too few. */
export function distractorsFor(
  answer: string,
  kind: Term['kind'],
  pool: readonly string[],
  front: string,
): readonly string[] | null {
  const made =
    kind === 'year' ? yearsLike(answer) : kind === 'number' ? countsLike(answer) : termsLike(answer, pool, front);
  const others = [...new Set(made)].filter((other) => other !== answer && !front.includes(other));
  const apart: string[] = [];
  for (const other of others) {
    const inside = apart.some((kept) => kept.includes(other) || other.includes(kept));
    if (!inside || kind !== 'term') apart.push(other);
    if (apart.length === WANTED) break;
  }
  return apart.length >= LEAST ? apart : null;
}
