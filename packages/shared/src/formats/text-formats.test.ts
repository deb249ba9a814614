import { READERS, readAnkiText, readObsidian, shown } from '../../../../test/harness/readers/deck-readers';
import type { Card } from '../contract/deck';
import { FORMATS, type FormatName } from './index';

const card = (more: Partial<Card>): Card => ({
  id: 'c_00000000000a',
  type: 'basic',
  front: 'Q',
  back: 'A',
  tags: ['生物', 'bio::cell'],
  quote: 'A is it.',
  start: 0,
  end: 8,
  ...more,
});
const CLOZE = card({ type: 'cloze', front: 'The {{c1::nucleus::part}} holds {{c2::DNA}}.', back: 'nucleus; DNA' });
const CHOICE = card({ type: 'choice', front: 'Which?', back: 'B', choices: ['A', 'B', 'C'] });
const REVERSED = card({ type: 'reversed' });

const render = (name: Exclude<FormatName, 'apkg'>, cards: Card[], options = {}, title = '光合作用'): string =>
  FORMATS[name].render({ deck: { title, language: 'zh-Hans', cards }, madeAt: 0, options }) as string;

describe('csv', () => {
  const FORMULA = card({ front: '=1+1', back: '-2', quote: '@x', tags: ['+t'] });

  test('has a header, and the answers of a choice each in a column', () => {
    const [header, row] = render('csv', [CHOICE]).split('\r\n');
    expect(header).toBe('id,type,front,back,choice_1,choice_2,choice_3,choice_4,choice_5,tags,quote,start,end');
    expect(row).toBe('c_00000000000a,choice,Which?,B,A,B,C,,,生物 bio::cell,A is it.,0,8');
  });

  test('begins with a byte order mark only when asked to', () => {
    expect(render('csv', [], { bom: true }).charCodeAt(0)).toBe(0xfeff);
    expect(render('csv', []).charCodeAt(0)).toBe(0x69);
  });

  test('changes no text unless asked to, and then no cell is a formula, in wide characters neither', async () => {
    expect(await READERS.csv(render('csv', [FORMULA]))).toMatchObject([{ front: '=1+1', back: '-2' }]);
    const guarded = render('csv', [FORMULA, card({ front: '＝1', back: '\t=1' })], { formula_guard: true });
    expect(await READERS.csv(guarded)).toMatchObject([
      { front: "'=1+1", back: "'-2", tags: ["'+t"] },
      { front: "'＝1", back: "'\t'=1" },
    ]);
    expect(guarded).toContain(",'@x,");
  });

  test.each([
    ['a;=1+1', "a;'=1+1"],
    ['a|@SUM(A1)', "a|'@SUM(A1)"],
    ['a\t＝1', "a\t'＝1"],
    ['a\n=1', "a\n'=1"],
    ['a; "=1', `a; "'=1`],
    ['"=1', `"'=1`],
    [' =1', " '=1"],
    ["a;-5+cmd|' /C calc'!A0", "a;'-5+cmd|' /C calc'!A0"],
    ['a\n- HYPERLINK("http://evil.example")', 'a\n\'- HYPERLINK("http://evil.example")'],
  ])('guards %j, which another separator than a comma would split', async (text, guarded) => {
    const body = render('csv', [card({ front: text })], { formula_guard: true });
    expect(await READERS.csv(body)).toMatchObject([{ front: guarded }]);
    for (const separator of [';', '\t', '|', '\n'])
      for (const cell of body.split(separator)) expect(cell).not.toMatch(/^[\s"]*(?:[=@＝＠]|[-+][^,]*[(|])/);
  });

  test.each(['milk:\n- oat\n- rye: 2', 'from 5; -5 °C; +1', "a | - b of Newton's law", 'a = b', '1-2; 3-4', 'x;y'])(
    'leaves %j as it is',
    async (text) => {
      expect(await READERS.csv(render('csv', [card({ front: text })], { formula_guard: true }))).toMatchObject([
        { front: text },
      ]);
    },
  );
});

test('tsv guards its cells only when asked to', () => {
  const cards = [card({ front: '=1+1', back: 'a;\n=1' })];
  expect([render('tsv', cards), render('tsv', cards, { formula_guard: true })]).toEqual([
    '=1+1\ta; =1\n',
    "'=1+1\ta; '=1\n",
  ]);
});

test('tsv asks a cloze once for each number, and a choice with its answers', () => {
  expect(render('tsv', [CLOZE, CHOICE])).toBe(
    'The [part] holds DNA.\tnucleus\nThe nucleus holds […].\tDNA\nWhich? A. A B. B C. C\tB\n',
  );
});

describe('anki-txt', () => {
  test('says how it is to be read, and names no note type unless asked to', () => {
    const { headers } = readAnkiText(render('anki-txt', [card({})]));
    expect(Object.fromEntries(headers)).toEqual({
      separator: 'tab',
      html: 'true',
      deck: '光合作用',
      columns: 'GUID\tFront\tBack\tTags',
      'guid column': '1',
      'tags column': '4',
    });
    const named = readAnkiText(render('anki-txt', [], { notetype: '问答题', deck: 'A::B' })).headers;
    expect([named.get('notetype'), named.get('deck')]).toEqual(['问答题', 'A::B']);
  });

  test('asks everything as a question that any note type with two fields can hold', () => {
    const { rows, guids } = readAnkiText(
      render(
        'anki-txt',
        [CLOZE, REVERSED, CHOICE].map((one, i) => ({ ...one, id: `c_00000000000${i}` })),
      ),
    );
    expect(rows.map(({ front, back }) => `${front} -> ${back}`)).toEqual([
      'The [part] holds DNA. -> nucleus',
      'The nucleus holds […]. -> DNA',
      'Q -> A',
      'A -> Q',
      'Which?\nA. A\nB. B\nC. C -> B',
    ]);
    expect(new Set(guids).size).toBe(5);
    for (const guid of guids) expect(guid).toMatch(/^[0-9A-Za-z]{12}$/);
  });

  test('of the type cloze holds clozes as such, and only them', () => {
    const body = render('anki-txt', [CLOZE, REVERSED], { type: 'cloze', notetype: 'Cloze' });
    expect(body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      expect.stringContaining('\tThe {{c1::nucleus::part}} holds {{c2::DNA}}.\t'),
    ]);
  });

  test('has no row that Anki would take for a comment', () => {
    const body = render('anki-txt', [card({ front: '#a', back: '#b', tags: ['#c'] })]);
    expect(readAnkiText(body).rows).toEqual([{ front: '#a', back: '#b', tags: ['#c'] }]);
  });
});

describe('obsidian', () => {
  test('is a note of a deck, with a card of each kind', () => {
    const body = render('obsidian', [card({}), REVERSED, CLOZE, CHOICE]);
    expect(body.split('\n')[0]).toBe('#flashcards/光合作用');
    expect(readObsidian(body).map(({ kind }) => kind)).toEqual(['basic', 'reversed', 'cloze', 'basic']);
    expect(body).toContain('The ==nucleus==^[part] holds ==DNA==.');
  });

  test.each([
    ['colons', '{{c1::std&#58;&#58;vector}} is a container'],
    ['equal signs', 'a {{c1::b == c}} d'],
    ['formulas', 'x is {{c1::$y$}}'],
    ['a formula around it', '$x = {{c1::y}}$'],
    ['line ends', '{{c1::a\nb}} c'],
    ['brackets in a hint', '{{c1::a::b]c}} d'],
  ])('hides or asks a cloze with %s, and never shows it open', (_what, front) => {
    const [seen, ...more] = readObsidian(render('obsidian', [card({ type: 'cloze', front })]));
    expect(more).toEqual([]);
    expect(['cloze', 'basic']).toContain(seen?.kind);
    if (seen?.kind === 'cloze') expect(seen.front).toMatch(/==[^=]+==/);
  });

  test('makes no card of what a text says, also not in code or formulas', () => {
    const texts = ['a::b', '`a::b` and `c == d`', '\\(a :: b\\)', '$x == y$', '? \n?\n??', '===='];
    const cards = texts.map((text) => card({ front: text, back: text, quote: text }));
    expect(readObsidian(render('obsidian', cards)).map(({ kind }) => kind)).toEqual(texts.map(() => 'basic'));
  });

  test('marks nothing that a text shows with equal signs, percent signs or a number sign', () => {
    const body = render('obsidian', [card({ front: '==a== === b=c', back: '%%x%% 5%', tags: [], quote: '#tag' })]);
    expect(body.split('\n').slice(1).join('\n')).not.toMatch(/==|%%|[^\\]#/);
  });

  test('names the deck by letters, digits and signs that a tag may have', () => {
    expect(render('obsidian', [], {}, 'C++ & <b> 入门: 1').split('\n')[0]).toBe('#flashcards/C-b-入门-1');
    expect(render('obsidian', [], { deck: '生物::植物' }).split('\n')[0]).toBe('#flashcards/生物/植物');
    expect(render('obsidian', [], {}, '???').split('\n')[0]).toBe('#flashcards/deck');
  });
});

describe('markdown', () => {
  test('shows formulas between dollars, and code as code', () => {
    const body = render('markdown', [card({ front: 'Is \\(a_1*b\\) in `x_*y`?', back: '$$c$$ costs $5' })]);
    expect(body).toContain('## 1. Is $a_1*b$ in `x_*y`?\n\n$$c$$ costs \\$5\n');
  });

  test('shows a cloze with its places open, its answers, its quote and its tags', () => {
    const body = render('markdown', [CLOZE]);
    expect(body).toBe(
      '# 光合作用\n\n## 1. The \\[part\\] holds \\[…\\].\n\nnucleus; DNA\n\n> A is it.\n\n#生物 #bio::cell\n',
    );
    expect(shown('The \\[part\\] holds \\[…\\].')).toBe('The [part] holds […].');
  });
});
