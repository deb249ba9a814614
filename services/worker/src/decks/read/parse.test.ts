import { setImmediate as nextTurn } from 'node:timers/promises';
import { CardScanner, type Scanned } from './parse';

const A = {
  quote: 'x',
  type: 'basic',
  front: 'a {brace} and [bracket]',
  back: 'says "hi" \\ }',
  choices: null,
  tags: ['t'],
};
const B = { quote: 'y', type: 'choice', front: '第二', back: '对', choices: ['甲', '乙'], tags: [] };
const LIST = JSON.stringify({ cards: [A, B] });

function scan(text: string, piece = text.length || 1, max?: number): { found: unknown[]; end: Scanned } {
  const scanner = new CardScanner(max);
  const found: unknown[] = [];
  for (let at = 0; at < text.length; at += piece) found.push(...scanner.push(text.slice(at, at + piece)));
  return { found, end: scanner.finish() };
}

const WRAPPED: readonly (readonly [string, string])[] = [
  ['the shape that was asked for', LIST],
  ['pretty-printed', JSON.stringify({ cards: [A, B] }, null, 2)],
  ['after other keys', JSON.stringify({ title: 'all my cards', list: [1, [2]], cards: [A, B], more: { x: ['[{"'] } })],
  ['deeper down', JSON.stringify({ deck: { title: 't', cards: [A, B] } })],
  ['a bare list', JSON.stringify([A, B])],
  ['in a fence', `\`\`\`json\n${LIST}\n\`\`\``],
  ['in a fence that is not closed', `\`\`\`\n${LIST}`],
  [
    'in prose with brackets and braces',
    `Sure [as asked] {here}, in {{c1::form}} "x:\n${LIST}\nHope [this] helps {"a": 1}!`,
  ],
  ['one object after the other', `${JSON.stringify(A)}\n${JSON.stringify(B)}`],
  ['in prose, one by one', `First: ${JSON.stringify(A)} and then ${JSON.stringify(B)}.`],
  ['under another name for it', JSON.stringify({ flashcards: [A, B] })],
];

describe('cards are found however the model wraps them', () => {
  it.each(WRAPPED)('%s', (_name, text) => {
    const { found, end } = scan(text);
    expect(found).toEqual([A, B]);
    expect(end).toMatchObject({ objects: 2, broken: 0, sawCards: true });
  });

  it.each(WRAPPED)('%s, in pieces of any size', (_name, text) => {
    for (const piece of [1, 2, 3, 7, 50]) expect(scan(text, piece).found).toEqual([A, B]);
  });
});

describe('a card is handed out as soon as it is complete', () => {
  it('at its closing brace, not at the end of the list', () => {
    const scanner = new CardScanner();
    const text = `{"cards":[${JSON.stringify(A)}`;
    expect(scanner.push(text.slice(0, -1))).toEqual([]);
    expect(scanner.push(text.slice(-1))).toEqual([A]);
  });

  it('so that a cut answer loses only the last', () => {
    const { found, end } = scan(LIST.slice(0, -20));
    expect(found).toEqual([A]);
    expect(end).toMatchObject({ objects: 1, broken: 1, sawCards: true });
  });

  it('also where an escape or a pair is cut between two pieces', () => {
    const card = { ...A, front: 'quote \\" and 👩‍🔬 \\u00e9' };
    const text = JSON.stringify({ cards: [card] });
    for (let at = 1; at < text.length; at += 1) {
      const scanner = new CardScanner();
      expect([...scanner.push(text.slice(0, at)), ...scanner.push(text.slice(at))]).toEqual([card]);
    }
  });
});

describe('what is no deck is not taken for an empty one', () => {
  it.each([
    ['an empty list', '{"cards": []}'],
    ['a bare empty list', '[]'],
    ['a list that was cut before its first card', '{"cards":['],
  ])('%s is a deck without cards', (_name, text) => {
    expect(scan(text).end).toMatchObject({ objects: 0, broken: 0, sawCards: true });
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['a refusal', 'I cannot help with that (see [policy](http://x)).'],
    ['other JSON', '{"error":{"message":"no","cards":"none"}}'],
    ['an empty object', '{}'],
    ['a list of other things', '{"items":[1,2]}'],
    ['a page', '<html><style>body{color:red}</style></html>'],
  ])('%s is no deck', (_name, text) => {
    expect(scan(text)).toMatchObject({ found: [], end: { objects: 0, broken: 0, sawCards: false } });
  });

  it('one card that was cut is a deck, broken', () => {
    expect(scan('{"quote":"x","fro').end).toMatchObject({ objects: 0, broken: 1, sawCards: true });
  });
});

describe('a bad card costs only itself', () => {
  it('when it is no JSON', () => {
    const { found, end } = scan(`{"cards":[{"quote"=: "x" "},${JSON.stringify(B)}]}`);
    expect(found).toEqual([B]);
    expect(end).toMatchObject({ objects: 1, broken: 1, sawCards: true });
  });

  it('when it has another shape, which the gate will judge', () => {
    expect(scan(`{"cards":[{},${JSON.stringify(B)}]}`).found).toEqual([{}, B]);
  });

  it('when it can be mended', () => {
    const { found } = scan('{"cards":[｛"quote"："x"，"front"："\\(a\\)\n"｝]}', 3);
    expect(found).toEqual([{ quote: 'x', front: '\\(a\\)\n' }]);
  });

  it('when it does not end: it is given up after 16 kB', () => {
    const { found, end } = scan(`{"cards":[{"quote":"${'x'.repeat(17_000)}"},${JSON.stringify(B)}]}`, 1_000);
    expect(found).toEqual([B]);
    expect(end.broken).toBe(1);
  });
});

describe('an endless answer costs no endless memory or time', () => {
  it('what comes after the limit is not looked at', () => {
    const { found, end } = scan(LIST, 10, JSON.stringify(A).length + 20);
    expect(found).toEqual([A]);
    expect(end.broken).toBe(1);
  });

  it('of 4,000 cards the first 128 are found, in pieces of four characters', () => {
    const { found, end } = scan(JSON.stringify({ cards: Array(4_000).fill(B) }), 4);
    expect(found).toHaveLength(128);
    expect(end).toMatchObject({ objects: 128, broken: 0, sawCards: true });
  });
});

describe('a quotation mark too many costs no other card', () => {
  const bare = (front: string): string => JSON.stringify(A).replace(JSON.stringify(A.front), `"${front}"`);
  const read = (text: string, piece?: number): string[] => {
    const scanner = new CardScanner();
    const found: unknown[] = [];
    for (let at = 0; at < text.length; at += piece ?? text.length)
      found.push(...scanner.push(text.slice(at, at + (piece ?? text.length))));
    found.push(...scanner.finish().found);
    return found.map((card) => (card as { front: string }).front);
  };

  it.each(['什么是"熵"？', 'one " alone', 'a } in "it"', 'he said "no", and left', '"', 'ends in "x"'])(
    '%s',
    (front) => {
      const text = `{"cards":[${JSON.stringify(B)},${bare(front)},${JSON.stringify(B)}]}`;
      for (const piece of [1, 3, 50, 10_000]) expect(read(text, piece)).toEqual(['第二', front, '第二']);
    },
  );

  it('nor itself where it is the last', () => {
    expect(read(`{"cards":[${JSON.stringify(B)},${bare('one " alone')}]}\n\`\`\``)).toEqual(['第二', 'one " alone']);
  });

  it('nor does a brace too few', () => {
    const open = JSON.stringify(A).slice(0, -1);
    for (const piece of [1, 7, 10_000])
      expect(read(`{"cards":[${open},\n${JSON.stringify(B)}]}`, piece)).toEqual([A.front, '第二']);
  });

  it('but a card that was cut is never completed', () => {
    const text = `{"cards":[${bare('one " alone')}`;
    for (let cut = 12; cut < text.length - 1; cut += 1) expect(read(text.slice(0, cut))).toEqual([]);
  });
});

it('says by which step each card was read', () => {
  const text = `[${JSON.stringify(B)},{"quote":"x","type":"basic","front":"\\(x\\)"},{quote: "y", front: "z"},{"quote":"a "b" c"}]`;
  const scanner = new CardScanner();
  scanner.push(text);
  expect(scanner.finish().steps).toEqual({ plain: 1, backslashes: 1, repaired: 1, requoted: 1 });
});

describe('an answer of any shape takes time that grows with its length alone', () => {
  const CHARS = 15_000;
  const many = (piece: string): string => piece.repeat(CHARS / piece.length);
  const shapes: readonly (readonly [string, string])[] = [
    ['one that is cut after a list in a card and blanks', `{"cards":[{"quote":"x","choices":[{}]${many(' ')}.`],
    ['one that is cut in a text that does the same', `{"cards":[{"quote":"Zyxo is [{}]${many(' ')}.`],
    ['brackets that end what did not begin', `{"cards":[{"quote":"x${many('"}]')}`],
    ['blanks before a card whose neighbour has no end', `{"cards":[{"quote":"x"${many(' ')}x {"quote":"y"}]}`],
    ['commas before a card whose neighbour has no end', `{"cards":[{"quote":"x"${many(',')}x {"quote":"y"}]}`],
    ['single marks', `{"cards":[{"quote":[${many("-'")}"}]}`],
    ['curved marks', `{"cards":[{"quote":"x","front":${many('“a')}}]}`],
    ['quotation marks', `{"cards":[{"quote":${many('"')}}]}`],
    ['backslashes', `{"cards":[{"quote":"${many('\\')}"}]}`],
    ['lists in lists', `{"cards":[{"quote":${many('[')}`],
    ['objects in objects', `{"cards":[${many('{"a":')}`],
    ['beginnings of cards', `{"cards":[${many('{"quote":').repeat(10)}`],
    ['short objects that are no cards', `{"cards":[${many('{c1::a}').repeat(10)}`],
  ];

  let stop = new AbortController();
  beforeEach(() => (stop = new AbortController()));
  afterEach(() => stop.abort());

  // Many times over, each in a turn of its own: where one takes a tenth of a second, jest ends the test.
  it.each(shapes)('%s', async (_name, answer) => {
    const { signal } = stop;
    for (let times = 0; times < 400 && !signal.aborted; times += 1) {
      scan(answer);
      await nextTurn();
    }
  });
});
