/**
 * Most combining marks in a row. Unicode's Stream-Safe Text Format (UAX #15) has the same bound, and no language comes
 * near it. Normalising a text orders its marks, which takes the square of their number.
 */
export const MAX_MARKS = 30;

export interface MarkRun {
  /** Where it begins, in UTF-16 code units. */
  readonly start: number;
  readonly marks: number;
}

/** The first run of more than `MAX_MARKS` marks. One pass, however the text is made. */
export function markRun(text: string): MarkRun | undefined {
  let at = text.search(BEYOND_LATIN);
  if (at < 0) return undefined;
  let start = 0;
  let marks = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const code = isHighSurrogate(unit) ? (text.codePointAt(at) ?? unit) : unit;
    if (isMark(code)) {
      if (marks === 0) start = at;
      marks += 1;
    } else if (!isJoiner(code)) {
      if (marks > MAX_MARKS) break;
      marks = 0;
    }
    at += code > 0xffff ? 2 : 1;
  }
  return marks > MAX_MARKS ? { start, marks } : undefined;
}

const BEYOND_LATIN = /[^\0-\u02FF]/;

/** The half-width voicing marks of kana become combining marks in compatibility forms. Variation selectors are marks. */
const MARK = /^[\p{M}\uFF9E\uFF9F]$/u;
const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const between = (code: number, low: number, high: number): boolean => code >= low && code <= high;
const isMark = (code: number): boolean => mayBeMark(code) && MARK.test(String.fromCodePoint(code));
/** Latin, kana, Chinese and Korean letters are none: that saves most calls of the regular expression. */
const mayBeMark = (code: number): boolean =>
  code >= 0x300 && !between(code, 0x309b, 0xa66e) && !between(code, 0xac00, 0xd7ff);

/** What is not seen between two marks leaves them in a row; it is no mark, since emoji and Persian are written with it. */
const isJoiner = (code: number): boolean => code === 0x200c || code === 0x200d;
