import { READERS } from '../../../../test/harness/readers/deck-readers';
import type { Card, Deck } from '../contract/deck';
import type { Format } from './format';
import { FORMATS, type FormatName } from './index';

const AWKWARD: Readonly<Record<string, string>> = {
  quotes: `He said "hi", 'yo', “嗨” 「日」 ""x""`,
  'line ends': 'one\ntwo\n\nfour',
  tabs: 'a\tb',
  pipes: 'a | b || c\n|---|',
  colons: 'std::vector, a:::b, ::',
  braces: 'if (x) {{y}} }} {{c',
  commas: 'a,b;c',
  emoji: '👩‍👩‍👧‍👦 😀 🇨🇳',
  Chinese: '光合作用：叶绿体（绿色）「吸收」光。',
  Arabic: 'ما هو \u200Fالتمثيل؟',
  'HTML-looking text': '<b>bold</b> & <script>alert(1)</script> &lt; &amp;nbsp; <!-- c --> a<b>c',
  "Anki's own signs": '[sound:a.mp3] [latex]x[/latex] [$]y[/$] [$$]z[/$$] [anki:tts]b[/anki:tts]',
  'Markdown-looking text':
    '# h\n- l\n+ l\n1. n\n2) n\n> q\n*a* _b_ __c__ ~~d~~ [x](y) ![i](j) [[k]] http://a.b/c_d_e\n---\n===\n```\nx',
  'signs of Obsidian': '==a== === %%b%% #tag ^ref $5 $x\n?\n??\n==\n!',
  formulas: '=1+1',
  'an at sign': '@SUM(A1)',
  indents: 'if x:\n    y\n\tz',
  backslashes: 'C:\\new\\table \\* a\\',
  'prices that are no formulas': 'from $5 to $10, or $5-$10',
  'a number sign in front': '#separator:comma',
  'a byte order mark': '\uFEFFa',
};

let next = 0;
const cardOf = (front: string, back: string, more: Partial<Card> = {}): Card => ({
  id: `c_${(next += 1).toString(16).padStart(12, '0')}`,
  type: 'basic',
  front,
  back,
  tags: ['生物', 'bio::cell', 'größe'],
  quote: 'Quote: "a\nb" ::',
  start: 0,
  end: 5,
  ...more,
});
const deckOf = (cards: Card[]): Deck => ({ title: '光合作用 & <b>::', language: 'zh-Hans', cards });
const bytesOf = async (name: FormatName, cards: Card[], options = {}) => {
  const format: Format = FORMATS[name];
  return format.render({ deck: deckOf(cards), madeAt: Date.UTC(2026, 10, 24), options });
};
const NAMES = Object.keys(FORMATS) as FormatName[];

/** What a target cannot hold, and how it stands there instead. */
const flat = (text: string): string => text.replace(/[^\S ]*[\t\n]\s*/g, ' ').trim();
const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^[\t ]+/, (blanks) => ' '.repeat(blanks.length)))
    .join('\n');
const AS_SHOWN: Readonly<Partial<Record<FormatName, (text: string) => string>>> = {
  tsv: flat,
  markdown: indented,
  obsidian: indented,
};

describe.each(NAMES)('%s', (name) => {
  test.each(Object.entries(AWKWARD))('gives back %s as they were', async (_what, text) => {
    const body = await bytesOf(name, [cardOf(text, `back ${text}`), cardOf(`front ${text}`, text), cardOf('q', 'a')]);
    const seen = await READERS[name](body);
    const as = AS_SHOWN[name] ?? ((same: string) => same);
    const clean = (one: string): string => as(name === 'csv' || name === 'json' || name === 'jsonl' ? one : one.trim());
    expect(seen.map(({ front, back }) => [front.trim(), back.trim()])).toEqual(
      [
        [text, `back ${text}`],
        [`front ${text}`, text],
        ['q', 'a'],
      ].map((pair) => pair.map((one) => clean(one).trim())),
    );
  });

  test('is the same, byte for byte, when it is made again', async () => {
    const cards = [cardOf('q', 'a'), cardOf('{{c1::x}}', 'x', { type: 'cloze' })];
    expect(await bytesOf(name, cards)).toEqual(await bytesOf(name, cards));
  });

  test('keeps tags in Chinese, where it has tags', async () => {
    const [seen] = await READERS[name](await bytesOf(name, [cardOf('q', 'a')]));
    if (seen?.tags) expect(seen.tags).toEqual(['生物', 'bio::cell', 'größe']);
    else expect(name === 'tsv' || String(await bytesOf(name, [cardOf('q', 'a')])).includes('生物')).toBe(true);
  });

  test('holds cards of every type', async () => {
    const body = await bytesOf(name, [
      cardOf('One way?', 'A'),
      cardOf('Both ways?', 'B', { type: 'reversed' }),
      cardOf('The {{c1::nucleus::part}} holds {{c2::DNA}}.', 'nucleus; DNA', { type: 'cloze' }),
      cardOf('Which?', 'C', { type: 'choice', choices: ['D', 'C', 'E'] }),
    ]);
    const content = name === 'apkg' ? JSON.stringify(await READERS.apkg(body)) : String(body);
    for (const word of ['One way?', 'Both ways?', 'DNA', 'Which?']) expect(content).toContain(word);
  });

  test('of a deck without cards is an empty file of its kind', async () => {
    expect(await READERS[name](await bytesOf(name, []))).toEqual([]);
  });
});
