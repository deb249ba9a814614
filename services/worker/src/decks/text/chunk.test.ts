import { isBoundary } from './boundary';
import { chunkText, contextOf, type Chunk } from './chunk';
import { outlineOf } from './outline';

const LIMITS = { maxCardsPerCall: 15, maxChars: 3_500 };
const CHINESE = '光合作用是绿色植物利用光能，把二氧化碳和水转化为有机物的过程。它分为光反应和暗反应两个阶段！';
const ENGLISH = 'Plants make sugar from light and water. Dr. Smith saw it in 1956. ';
const chinese = CHINESE.repeat(300).slice(0, 10_000);
const parts = (text: string, cards: number, limits = LIMITS): string[] =>
  chunkText(text, cards, limits).map(({ start, end }) => text.slice(start, end));
const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

const TEXTS: readonly (readonly [string, string])[] = [
  ['Chinese', chinese],
  ['English', ENGLISH.repeat(150)],
  ['paragraphs', `${ENGLISH.repeat(5)}\n\n`.repeat(30)],
  ['one endless sentence', '光合'.repeat(5_000)],
  ['one endless word', 'x'.repeat(10_000)],
  ['one endless row of emoji', '👩‍🔬'.repeat(2_000)],
  ['accents', 'e\u0301'.repeat(5_000)],
  ['mostly blanks', `a${' '.repeat(9_000)}b. c`],
  ['lists', '- item one\n- item two\n'.repeat(450)],
];

describe('a short text and few cards', () => {
  it('are one call, without the blanks around the text', () => {
    expect(chunkText(' short text.\n', 10, LIMITS)).toEqual([{ start: 1, end: 12, cards: 10 }]);
  });
});

describe.each(TEXTS)('a long text of %s', (_name, text) => {
  it.each([10, 23, 50])('is cut into chunks that hold the limits and %d cards', (cards) => {
    const chunks = chunkText(text, cards, LIMITS);
    expect(Math.max(...chunks.map(({ start, end }) => end - start))).toBeLessThanOrEqual(LIMITS.maxChars);
    expect(chunks.every((chunk) => chunk.cards >= 1 && chunk.cards <= 15)).toBe(true);
    expect(sum(chunks.map((chunk) => chunk.cards))).toBe(Math.min(cards, 15 * chunks.length));
  });

  it('loses nothing but blanks, repeats nothing and tears no character', () => {
    let last = 0;
    for (const { start, end } of chunkText(text, 20, LIMITS)) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(text.slice(last, start).trim()).toBe('');
      expect(isBoundary(text, start) && isBoundary(text, end)).toBe(true);
      last = end;
    }
    expect(text.slice(last).trim()).toBe('');
  });
});

it('no character is torn wherever the cut has to be', () => {
  for (let shift = 0; shift < 5; shift += 1) {
    const text = 'x'.repeat(shift) + '👩‍🔬'.repeat(2_000);
    for (const { start } of chunkText(text, 20, LIMITS)) expect((start - shift) % 5 === 0 || start === 0).toBe(true);
  }
});

describe('where a text is cut', () => {
  it('is before a heading, rather than at a paragraph in a better place', () => {
    const text = `${ENGLISH.repeat(20)}\n\n${ENGLISH.repeat(10)}\n## Next\n${ENGLISH.repeat(30)}`;
    expect(parts(text, 10)[1]).toMatch(/^## Next/);
  });

  it('is between paragraphs, rather than at a sentence in a better place', () => {
    const text = `${ENGLISH.repeat(28)}\n\n${ENGLISH.repeat(33)}`;
    expect(parts(text, 10)).toEqual([ENGLISH.repeat(28).trim(), ENGLISH.repeat(33).trim()]);
  });

  it('is between sentences, not after an abbreviation', () => {
    for (const part of parts(ENGLISH.repeat(150), 10)) expect(part).toMatch(/^(Plants|Dr\.) [^]*(water|1956)\.$/);
    for (const part of parts(chinese.slice(0, 9_990), 10).slice(0, -1)) expect(part).toMatch(/[。！]$/);
  });

  it('is at a pause where a sentence alone is too long', () => {
    const text = '一个很长的句子，'.repeat(1_000);
    for (const part of parts(text, 10).slice(0, -1)) expect(part).toMatch(/，$/);
  });

  it('is not inside a sentence just to ask for more cards', () => {
    expect(chunkText('One sentence alone that goes on.', 40, LIMITS)).toEqual([{ start: 0, end: 32, cards: 15 }]);
    expect(parts('The first one. The second one.', 16)).toEqual(['The first one.', 'The second one.']);
  });
});

describe('how many cards each chunk gets', () => {
  it('follows its length', () => {
    const text = `${ENGLISH.repeat(20)}\n# A\n${ENGLISH.repeat(40)}`;
    expect(chunkText(text, 12, LIMITS).map(({ cards }) => cards)).toEqual([4, 8]);
  });

  it('is never more than one call may be asked for', () => {
    expect(chunkText(chinese.slice(0, 1_000), 50, LIMITS).every(({ cards }) => cards <= 15)).toBe(true);
  });

  it('is at least one: with fewer cards than chunks the chunks are larger, from head to tail', () => {
    expect(chunkText(chinese, 1, LIMITS)).toEqual([{ start: 0, end: 10_000, cards: 1 }]);
    const two = chunkText(chinese, 2, LIMITS);
    expect(two.map(({ cards }) => cards)).toEqual([1, 1]);
    expect([two[0]?.start, two[1]?.end]).toEqual([0, 10_000]);
  });
});

describe('Markdown', () => {
  const limits = { maxCardsPerCall: 15, maxChars: 600 };
  const prose = 'A sentence of some length about nothing in particular. '.repeat(9);
  const code = `\`\`\`js\n${'call(1);\n\n'.repeat(20)}\`\`\``;

  it('keeps code whole that fits into a part', () => {
    const text = `${prose.slice(0, 250)}\n\n${code}\n\n${prose.slice(0, 350)}`;
    const parts = chunkText(text, 12, limits).map(({ start, end }) => text.slice(start, end));
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.filter((part) => part.includes('call(1)'))).toHaveLength(1);
  });

  it('names the headings and the head of the table before a part that goes on with it', () => {
    const rows = Array.from({ length: 60 }, (_, i) => `| row ${i} | value ${i} |`).join('\n');
    const text = `# Physics\n\n## Units\n\n| name | value |\n|---|---|\n${rows}`;
    const outline = outlineOf(text);
    const [first, second] = chunkText(text, 12, limits);
    expect(contextOf(text, outline, first as Chunk)).toBe('');
    expect(contextOf(text, outline, second as Chunk)).toBe('Physics › Units\n| name | value |\n|---|---|');
    expect(text.slice(second?.start)).toMatch(/^\| row/);
  });

  it('names the sentence before a part that goes on in the middle of a paragraph', () => {
    const text = `${prose.repeat(2)}The last one here. ${prose.repeat(2)}`;
    const second = chunkText(text, 12, limits)[1] as Chunk;
    expect(contextOf(text, outlineOf(text), second)).toMatch(/^(?:A sentence of some|The last one).+\.$/);
  });

  it('shares the cards by what the parts say, not by how long they are', () => {
    const text = `${prose}\n\n# Lines\n\n${'- - - - - - - - - -\n'.repeat(30)}`;
    const [words, lines] = chunkText(text, 12, limits);
    expect(words?.cards).toBeGreaterThan(2 * (lines?.cards ?? 0));
  });
});
