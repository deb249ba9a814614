import fc from 'fast-check';
import { codeIn, markupIn, readObsidian } from '../../../../test/harness/readers/deck-readers';
import type { Card, Deck } from '../contract/deck';
import { FORMATS } from './index';

const card = (text: string, more: Partial<Card> = {}): Card => ({
  id: 'c_00000000000a',
  type: 'basic',
  front: text,
  back: text,
  tags: ['t'],
  quote: text,
  start: 0,
  end: 5,
  ...more,
});
const deckOf = (cards: Card[], title = 'Title'): Deck => ({ title, language: 'en', cards });
function render(name: 'markdown' | 'obsidian', cards: Card[], title?: string): string {
  const body = FORMATS[name].render({ deck: deckOf(cards, title), madeAt: 0, options: {} });
  if (typeof body !== 'string') throw new Error(`${name} is no text`);
  return body;
}

describe.each(['markdown', 'obsidian'] as const)('%s', (name) => {
  test.each([
    ['HTML in a formula', 'x \\(a$ <img src=x onerror=alert(1)> [the proof](//evil.example/x) $b\\) y'],
    ['HTML in a formula of mathematics', '\\(a <img src=x onerror=alert(1)> b\\)'],
    ['a link in a formula of mathematics', '$[a](//evil.example/x)$ and $$[a][b]$$'],
    ['a picture in a formula of mathematics', '\\[![a](//evil.example/x)\\]'],
    ['an address between angle brackets in a formula', '\\(<https://evil.example> <1@evil.example>\\)'],
    ['a backtick in a formula, and code behind it', '\\(`\\) `<img src=x onerror=alert(1)>`'],
    ['a comment in a formula', '\\(a <!-- b --> c\\)'],
  ])('shows %s as words', (_what, text) => {
    expect(markupIn(render(name, [card(text), card('q')], text))).toEqual([]);
  });

  test('leaves no address for a reader to link that takes an escape for a part of it', () => {
    const text = 'http://evil.example/<img src=x> www.evil.example/<img src=x> $\\text{http://e.example/}$<img src=x>';
    expect(render(name, [card(text)], 'Title')).not.toMatch(/[^\\]:\/\/|www\.\S/);
  });

  test.each(['a\n-:', 'a | b\n:-: | -:', '\\( \\) a \\( \\)'])('begins no table and no formula by %j', (text) => {
    expect(render(name, [card(text)])).not.toMatch(/^(?:> )?(?:-:|:-)|\$\$/m);
  });

  test('escapes braces, by which some readers set attributes or run templates', () => {
    const text = 'a {: onclick="alert(1)"} {{ site.x }} {% include x %} $\\{a{: b}{{c}}\\}$';
    expect(render(name, [card(text)]).replace(/\\./g, '')).not.toMatch(/\{[:{%]/);
  });

  test('holds no markup and no code that its card does not hold, however a text is made of signs', () => {
    const side = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 14 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(side, fc.constantFrom('basic', 'choice', 'cloze'), (text, type) => {
        const front = type === 'cloze' ? `{{c1::x}} ${text} {{c2::y}}` : text;
        const body = render(name, [card(text, { type, front, ...(type === 'choice' ? { choices: [text, 'b', 'c'] } : {}) })]);
        expect(markupIn(body)).toEqual([]);
        const spoken = `${front}\n${text}`.replace(/\s+/g, ' ');
        for (const code of codeIn(body)) expect(spoken).toContain(code.replace(/\s+/g, ' ').trim());
      }),
      { seed: 17, numRuns: 2_000 },
    ); // prettier-ignore
  });
});

/** Signs that Markdown, TeX and their readers look for. */
const PIECES = [
  '\\(', '\\)', '\\[', '\\]', '$', '$$', '`', '``', '```', '<img src=x onerror=alert(1)>', '<b>', '<!-- ', '-->', '[a](b)',
  '![a](b)', '[a]', '(b)', '[a]: x', '[^1]', '[[k]]', '](', '<http://x.y>', '<1@x.yz>', 'http://x.y', 'www.x.y/', '\\',
  '\\\\', '{', '}', '{{', '}}', '{{c1::', '::', '&lt;', '&#60;', '*', '_', '~~', '==', '%%', '<%', '%>', '#', '\n', '\n\n',
  ' ', '    ', '\t', '\r', '\u2028', 'a', '1', '1. ', '- ', '> ', '| ', '---', '===', ':-', '-:', '^', '!', '?', '\\frac',
  '\\text', '~~~', '<', '>', '\\<', '\\$', '"', "'",
]; // prettier-ignore

describe('an Obsidian note', () => {
  test.each([
    ['Templater', 'a <% tp.user.x() %> b `<% tp.user.x() %>` \\(<% x %>\\)', /<%/],
    ['comments', '%%a%% `%%b%%` $50%%$', /%%/],
    ['Dataview', '`= this.file.name` `$= dv.pages()` ``  $= x``', /`\s*\$?=/],
    ['embeds', '![[a]] $![[a]]$ [[b]] $[[b]]$', /(?<!\\)\[\[/],
    ['fences', '```dataviewjs alert(1)```\n\na\n```\nb\n```', /^```/m],
    ['inline footnotes', 'a^[b] $a^[b]$', /\^\[/],
    ['dates of the plugin', 'a !2026-01-01,3,250 `!2026-01-01,3,250` $5!4,3,2$', /![\d-]+,\d+,\d/],
  ])('holds none of the signs of %s', (_what, text, signs) => {
    const body = render('obsidian', [card(text, { tags: [] }), card('q', { tags: [] })]);
    expect(body.split('\n').slice(2).join('\n')).not.toMatch(signs);
    expect(readObsidian(body)).toHaveLength(2);
  });

  test('keeps a sentence with an empty line between its gaps one card', () => {
    const front = '{{c1::a}}\n\n{{c2::b}}\r\rc';
    expect(readObsidian(render('obsidian', [card('x', { type: 'cloze', front })])).map(({ kind }) => kind)).toEqual([
      'basic',
      'basic',
    ]);
  });
});
