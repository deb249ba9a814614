import {
  Collection,
  type Package,
  type ClozeDeletion,
  openPackage,
  readCloze,
  textOfHtml,
} from '../../../../../test/harness/readers/anki';
import { clozeCards } from '../../../../../test/harness/readers/anki-render';
import type { Card, Deck } from '../../contract/deck';
import { apkg } from './apkg';

const MADE_AT = Date.UTC(2026, 10, 24, 8, 0, 0, 123);
const card = (n: number, more: Partial<Card> = {}): Card => ({
  id: `c_${String(n).padStart(12, '0')}`,
  type: 'basic',
  front: `What is ${n}?`,
  back: `Answer ${n}`,
  tags: [],
  quote: `Answer ${n} is it.`,
  start: 0,
  end: 10,
  ...more,
});
const EVERY_TYPE: readonly Card[] = [
  card(1),
  card(2, { type: 'reversed', tags: ['生物', '数学::代数'] }),
  card(3, { type: 'cloze', front: '{{c2::ATP}} is made in {{c1::mitochondria::where}} and {{c1::x}}', back: '…' }),
  card(4, { type: 'choice', choices: ['A < B', 'Answer 4', 'C'] }),
];
const deck = (cards: readonly Card[], title = '光合作用'): Deck => ({ title, language: 'zh-Hans', cards });
const render = async (cards: readonly Card[], options = {}, title?: string): Promise<Package> =>
  openPackage((await apkg.render({ deck: deck(cards, title), madeAt: MADE_AT, options })) as Uint8Array);

/** Names of Anki's own note types in some of its languages: importing a type of the same name renames ours. */
const STOCK = ['Basic', 'Cloze', '问答题', '填空题', '问答题（附翻转卡片）', '基本型', '克漏字', '基本', '穴埋め問題', 'Einfach', 'Lückentext']; // prettier-ignore

describe('a package', () => {
  test('is a sound SQLite collection of schema 11 with the tables that Anki asks for', async () => {
    const opened = await render(EVERY_TYPE);
    expect(opened.integrity).toBe('ok');
    expect(opened.tables).toEqual([
      'cards', 'col', 'graves', 'ix_cards_nid', 'ix_cards_sched', 'ix_cards_usn', 'ix_notes_csum', 'ix_notes_usn',
      'ix_revlog_cid', 'ix_revlog_usn', 'notes', 'revlog',
    ]); // prettier-ignore
    expect(opened.col).toMatchObject({ ver: 11, tags: '{}', mod: MADE_AT, crt: Math.floor(MADE_AT / 1_000) });
    expect(opened.media).toBe('{}');
  });

  test('brings its own note types, so that it opens in every language of Anki', async () => {
    const { models, notes } = await render(EVERY_TYPE);
    for (const note of notes) {
      const model = models[note.mid];
      expect(model?.id).toBe(note.mid);
      expect(STOCK).not.toContain(model?.name);
      expect(note.fields).toHaveLength(model?.flds.length as number);
      for (const [, field] of JSON.stringify(model?.tmpls).matchAll(/\{\{(?:cloze:|[#/])?(\w+)\}\}/g))
        expect(['FrontSide', ...(model?.flds ?? []).map(({ name }) => name)]).toContain(field);
    }
    expect(notes.map(({ mid }) => models[mid]?.type)).toEqual([0, 0, 1, 0]);
  });

  test('has a card for each way to ask: both directions of a reversed one, each number of a cloze', async () => {
    const { notes, cards } = await render(EVERY_TYPE);
    expect(notes.map(({ ords }) => ords)).toEqual([[0], [0, 1], [0, 1], [0]]);
    expect(cards.map(({ due }) => due)).toEqual([1, 2, 2, 3, 3, 4]);
  });

  test('keeps Chinese and nested tags, and none that Anki uses for itself', async () => {
    const { notes } = await render([card(1, { tags: ['生物', '数学::代数', 'leech', 'Marked', '全角　空白'] })]);
    expect(notes[0]?.tags).toBe(' 生物 数学::代数 全角-空白 ');
  });

  test('has ids that are unique and not of a time to come', async () => {
    const { notes, cards, decks } = await render(Array.from({ length: 500 }, (_none, i) => card(i)));
    for (const rows of [notes.map(({ id }) => id), cards.map((row) => row['id'] as number)]) {
      expect(new Set(rows).size).toBe(500);
      expect(Math.max(...rows)).toBeLessThan(MADE_AT + 86_400_000);
    }
    for (const { id } of Object.values(decks)) expect(id).toBeLessThan(MADE_AT);
  });

  test('is named by its title, in which colons make no decks within decks unless asked for', async () => {
    const names = async (options: object, title: string) =>
      Object.values((await render([card(1)], options, title)).decks).map(({ name }) => name);
    expect(await names({}, 'std::vector')).toEqual(['Default', 'std:vector']);
    expect(await names({ deck: 'Biology::Plants' }, 'x')).toEqual(['Default', 'Biology::Plants']);
  });
});

test('a package does not say when its file was made', async () => {
  const bytes = (await apkg.render({ deck: deck(EVERY_TYPE), madeAt: MADE_AT, options: {} })) as Uint8Array;
  // Time and date of the first entry, as zip has them: the first day it can name.
  expect([...bytes.slice(10, 14)]).toEqual([0, 0, 0x21, 0]);
});

describe('importing again', () => {
  test('leaves notes alone that did not change', async () => {
    const collection = new Collection();
    expect(collection.import(await render(EVERY_TYPE))).toMatchObject({ new: 4 });
    expect(collection.import(await render(EVERY_TYPE))).toMatchObject({ new: 0, updated: 0, duplicate: 4 });
  });

  test('updates the note of a card that was edited, and doubles none', async () => {
    const collection = new Collection();
    collection.import(await render(EVERY_TYPE));
    const edited = EVERY_TYPE.map((one, i) =>
      i === 0 ? { ...one, front: 'Reworded?', edited_at: new Date(MADE_AT + 60_000).toISOString() } : one,
    );
    expect(collection.import(await render(edited))).toEqual({ new: 0, updated: 1, duplicate: 3, conflicting: 0 });
    expect([...collection.notes.values()].map(({ fields }) => fields[0])).toContain('Reworded?');
    expect(collection.notes.size).toBe(4);
  });

  // A note type that differs in any of these is taken for another one, and its notes are never updated again.
  test('finds the note types as they were on the first day', async () => {
    const { models } = await render(EVERY_TYPE);
    expect(Object.values(models).map(({ id, type, flds, tmpls }) => [id, type, flds.map(({ name }) => name).join(), tmpls.map(({ name }) => name).join()])).toEqual([
      [1763900000001, 0, 'Front,Back,Choices,Extra,Quote,Source,CardId', 'Card 1'],
      [1763900000002, 0, 'Front,Back,Choices,Extra,Quote,Source,CardId', 'Card 1,Card 2'],
      [1763900000003, 1, 'Text,Back,Choices,Extra,Quote,Source,CardId', 'Cloze'],
      [1763900000004, 0, 'Front,Back,Choices,Extra,Quote,Source,CardId', 'Card 1'],
    ]); // prettier-ignore
  });

  test('finds each note by a GUID of twelve letters and digits that its card decides', async () => {
    const { notes } = await render(EVERY_TYPE);
    expect(notes.map(({ guid }) => guid)).toEqual(['fegAVIkE27aH', 'yC4rjEeKh5jl', 'zEx2NsCquIUV', 'BMpk0ZBWo64J']);
  });
});

describe('a cloze', () => {
  const hiddenIn = async (front: string): Promise<string[]> => {
    const { notes } = await render([card(1, { type: 'cloze', front })]);
    return readCloze(notes[0]?.fields[0] as string)
      .filter((part): part is ClozeDeletion => typeof part !== 'string')
      .map(({ hidden, hint }) => textOfHtml(hidden) + (hint === null ? '' : ` (${textOfHtml(hint)})`));
  };

  test.each([
    ['colons', '{{c1::std&#58;&#58;vector}} is a container', ['std::vector']],
    ['colons and a hint', '{{c1::a&#58;&#58;b::what}} is it', ['a::b (what)']],
    ['braces', 'a {{c1::b&#125;&#125;c}} d', ['b}}c']],
    ['braces at the end', 'a {{c1::b&#125;}} d', ['b}']],
    ['a formula', 'x is {{c1::\\frac{a}{\\sqrt{x} } }}', ['\\frac{a}{\\sqrt{x} } ']],
    ['HTML-looking text', '{{c1::<b>}} makes & bolds', ['<b>']],
    ['Chinese', '植物通过{{c1::光合作用}}制造{{c2::葡萄糖}}。', ['光合作用', '葡萄糖']],
    ['line ends', '{{c1::a\nb}}', ['a\nb']],
  ])('hides %s whole', async (_what, front, hidden) => {
    expect(await hiddenIn(front)).toEqual(hidden);
  });
});

test('formulas get the signs that Anki knows, prices stay', async () => {
  const { notes } = await render([card(1, { front: 'Is $a < b$ or $$c$$, at $5 or `$x$`?', back: '\\(x\\)' })]);
  expect(notes[0]?.fields.slice(0, 2)).toEqual(['Is \\(a &lt; b\\) or \\[c\\], at $5 or `$x$`?', '\\(x\\)']);
});

test('what looks like a sound, a spoken text or an old formula is text', async () => {
  const front = '[sound:a.mp3] [latex]x[/latex] [$]y[/$] [$$]z[/$$] [anki:tts lang=en]b[/anki:tts] [a]';
  const [field = ''] = (await render([card(1, { front })])).notes[0]?.fields ?? [];
  expect(field).not.toMatch(/\[(?:sound|latex|\$|anki|\/(?!\/))/);
  expect(textOfHtml(field)).toBe(front);
});

describe('a package promises the cards that Anki makes', () => {
  const BRACES = 'a {{c2::b}} {{c3,4::c}} {{c5::d {{c6::e}} }} $\\{{{c7::x}}\\}$ \\({{c8::y}}\\)';
  test.each([
    ['a cloze with braces in its other fields', { type: 'cloze', front: '{{c1::x}} y', back: BRACES, quote: BRACES }],
    ['a cloze with braces in its gaps', { type: 'cloze', front: '{{c1::a&#123;&#123;c2::b&#125;&#125;}} {{c2::{a}::{b} }}' }],
    ['a cloze that is none', { type: 'cloze', front: BRACES, quote: BRACES }],
    ['a cloze whose gaps stand in a formula', { type: 'cloze', front: '\\({{c1::x}} + {{c2::y}}\\)' }],
    ['a question', { front: BRACES, back: BRACES, quote: BRACES }],
    ['a choice', { type: 'choice', front: BRACES, back: BRACES, choices: [BRACES, 'b', 'c'], quote: BRACES }],
  ] as const)('of %s', async (_what, more) => {
    const { notes, models } = await render([card(1, { tags: ['{{c9::x}}'], ...more })], {}, BRACES);
    for (const { fields, ords, mid } of notes) {
      expect(models[mid]?.type === 1 ? clozeCards(fields) : ords).toEqual(ords);
      if (more.front !== '{{c1::x}} y') continue;
      expect(fields.slice(1).join('')).not.toContain('{{');
      expect(textOfHtml(fields[1] ?? '')).toContain('a {{c2::b}} {{c3,4::c}}');
    }
  });
}); // prettier-ignore

test('a choice shows its answers as a list, and which is right on the back', async () => {
  const { notes } = await render(EVERY_TYPE);
  expect(notes[3]?.fields.slice(0, 3)).toEqual([
    'What is 4?',
    'Answer 4',
    '<ol><li>A &lt; B</li><li>Answer 4</li><li>C</li></ol>',
  ]);
});

test('a deck may have 500 cards', async () => {
  const cards = Array.from({ length: 500 }, (_none, i) =>
    card(i, { quote: '光合作用是植物利用光能的过程。'.repeat(5) }),
  );
  expect((await render(cards)).notes).toHaveLength(500);
});
