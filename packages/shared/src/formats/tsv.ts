import type { Format } from './format';
import { guarded } from './formula-guard';
import { questionsOf } from './question';

// A tab or a line end would begin the next cell, whatever its name.
const BREAK = /[\t\r\n\v\f\u0085\u2028\u2029]/;
const flat = (text: string): string =>
  text.replace(/[\s\u0085]+/g, (blanks) => (BREAK.test(blanks) ? ' ' : blanks)).trim();

/** Question, tab, answer, line end: what Quizlet's import box takes. It has no quoting, so breaks become blanks. */
export const tsv: Format = {
  label: 'Quizlet and others',
  use: 'Quizlet',
  menu: 3,
  extension: 'tsv',
  mediaType: 'text/tab-separated-values; charset=utf-8',
  options: ['bom', 'formula_guard'],
  render({ deck, options }) {
    const cell = (text: string): string => (options.formula_guard ? guarded(flat(text)) : flat(text));
    const rows = deck.cards.flatMap(questionsOf).map(({ question, answer }) => `${cell(question)}\t${cell(answer)}\n`);
    return `${options.bom ? '\uFEFF' : ''}${rows.join('')}`;
  },
};
