import type { Card } from '../contract/deck';
import type { Format } from './format';
import { FORMATS } from './index';

const card = (text: string, type: Card['type']): Card => ({
  id: 'c_00000000000a',
  type,
  front: text,
  back: text,
  tags: [text.replace(/[\s,]/g, '-')],
  quote: text,
  start: 0,
  end: 5,
});

/**
 * What a reading in the square of a text's length would not end on: 300,000 characters take it minutes. So a failure is
 * a test that does not end.
 */
const LENGTH = 300_000;
const long = (piece: string, before = '', after = ''): string =>
  before + piece.repeat(Math.ceil(LENGTH / piece.length)) + after;
const LONG: Readonly<Record<string, string>> = {
  'wide blanks': long('\u3000', 'a', 'b'),
  'wide blanks at the end of a word': long('\u3000\u2003', 'a\t', 'b'),
  'line ends': long('\n', 'a', 'b'),
  'formulas that do not end': long('\\('),
  'formulas on their own that do not end': long('\\['),
  'formulas that end late': long('\\(', '', '\\)'),
  'dollars that do not end': long('$a'),
  'dollars with escapes': long('a\\$', '$'),
  'a formula of blanks': long(' ', '\\(a', 'b\\)'),
  'a formula of wide blanks': long('\u3000', '$$a', 'b$$'),
  'backticks of every number': Array.from({ length: 770 }, (_none, i) => '`'.repeat(i + 1)).join(' '),
  'code that ends': long('`a`'),
  'gaps that do not end': long('{{c1::'),
  colons: long(':', '{{c1::a::', '}}'),
  'blanks between gaps': long(' ', '{{c1::a}}b', 'c{{c2::d}}'),
  dashes: long('-', 'a', 'b'),
  backslashes: long('\\'),
  brackets: long('['),
  'tags of Anki': long('[so', '{{c1::a}}'),
  'dates of the plugin': long('!1-'),
  'signs behind breaks': long('|-', 'a;'),
  'quotes behind breaks': long('"\'', 'a;', 'b'),
};
const EVERY: [string, Format][] = Object.entries(FORMATS);

describe.each(EVERY)('%s reads a text once', (_name, format) => {
  test.each(Object.entries(LONG))('also one of %s', async (_what, text) => {
    const deck = { title: text, language: 'en', cards: [card(text, 'basic'), card(text, 'cloze')] };
    const options = format.options.includes('formula_guard') ? { formula_guard: true } : {};
    await format.render({ deck, madeAt: 0, options });
    if (format.options.includes('type')) await format.render({ deck, madeAt: 0, options: { type: 'cloze' } });
  });
});
