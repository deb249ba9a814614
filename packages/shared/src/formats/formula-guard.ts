// What makes a spreadsheet take a cell for a formula, wide forms included; a tab or line end in front is skipped there.
const STARTS_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
// Such a sign behind blanks, quotes and what may split cells.
const INNER_SIGN = /(?<![\s\u0085;|"'])[\s\u0085;|"']+(?=([=+\-@＝＋－＠]))/g;
const SPLITS = /[;|\t\r\n\v\f\u0085\u2028\u2029]/;
// Calls, other files, texts and ranges: without them a minus begins a number or an item of a list.
const CALLS = /[()|!"[\]{}=@#&\\（）｜！＂［］｛｝＝＠＃＆＼]/;
const CALLS_OR_END = new RegExp(`${CALLS.source}|${/[;\t\r\n\v\f\u0085\u2028\u2029]/.source}`);

/**
 * A cell that no spreadsheet runs as a formula, by OWASP's rule: `'` stands before each sign that may begin one. It may
 * begin one at the start, and behind `;`, `|`, a tab or a line break, where some spreadsheets begin a cell. Behind
 * these, `-` and `+` stay as they are before numbers and words, so that lists and temperatures look as they should.
 */
export function guarded(text: string): string {
  const inner = text.replace(INNER_SIGN, (blanks, sign: string, at: number) =>
    at === 0 || (SPLITS.test(blanks) && mayRun(sign, text.slice(at + blanks.length))) ? `${blanks}'` : blanks,
  );
  return STARTS_FORMULA.test(text) ? `'${inner}` : inner;
}

const mayRun = (sign: string, cell: string): boolean =>
  !/[+\-＋－]/.test(sign) || CALLS.test(CALLS_OR_END.exec(cell)?.[0] ?? '');
