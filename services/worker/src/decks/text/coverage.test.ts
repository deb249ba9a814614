import { coverage } from './coverage';

const SENTENCES = [
  'The first sentence says a thing.',
  'The second sentence says another thing.',
  'The third one is here as well.',
];
const TEXT = `# A heading that no card needs\n${SENTENCES.join(' ')}\nToo short.`;
const cite = (words: string) => ({ start: TEXT.indexOf(words), end: TEXT.indexOf(words) + words.length });
const uncited = (cards: { start: number; end: number }[]): string[] =>
  coverage(TEXT, cards).uncited.map(([start, end]) => TEXT.slice(start, end));

describe('how much of a text the cards rest on', () => {
  it('is the share of its informative sentences that a quote touches', () => {
    expect(coverage(TEXT, [cite('says a thing')]).share).toBe(0.33);
    expect(coverage(TEXT, [cite('third'), cite('first')]).share).toBe(0.67);
    expect(coverage(TEXT, [cite(SENTENCES.join(' '))])).toEqual({ share: 1, uncited: [] });
  });

  it('counts a sentence that two cards cite once', () => {
    expect(coverage(TEXT, [cite('first'), cite('says a thing')]).share).toBe(0.33);
  });

  it('is nothing without cards, and everything where there is nothing to cite', () => {
    expect(coverage(TEXT, []).share).toBe(0);
    expect(coverage('# Heading\nShort.', [])).toEqual({ share: 1, uncited: [] });
  });

  it('is never 1 while a sentence is uncited', () => {
    const text = 'This sentence is long enough to count. '.repeat(300);
    expect(coverage(text, [{ start: 0, end: text.length - 60 }]).share).toBe(0.99);
  });
});

describe('what no card cites', () => {
  it('is given as ranges, neighbours as one', () => {
    expect(uncited([cite('first')])).toEqual([SENTENCES.slice(1).join(' ')]);
    expect(uncited([cite('second')])).toEqual([SENTENCES[0], SENTENCES[2]]);
  });

  it('is at most 50 ranges, the longest, in the order of the text', () => {
    const sentence = (i: number): string => `Sentence number ${'x'.repeat(i)} says what it says. `;
    const all = Array.from({ length: 140 }, (_, i) => sentence(i));
    const starts = all.map((_, i) => all.slice(0, i).join('').length);
    const cards = starts.filter((_, i) => i % 2 === 1).map((start) => ({ start, end: start + 5 }));
    const ranges = coverage(all.join(''), cards).uncited;
    expect(ranges).toHaveLength(50);
    expect(ranges[0]?.[0]).toBe(starts[40]);
    expect([...ranges].sort((a, b) => a[0] - b[0])).toEqual(ranges);
  });
});
