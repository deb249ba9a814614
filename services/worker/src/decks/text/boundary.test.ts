import { clip, isBoundary, tighten, widen } from './boundary';

describe('cutting a text', () => {
  it.each([
    ['inside a surrogate pair', 'a𠮷b', 2],
    ['between a letter and its accent', 'e\u0301', 1],
    ['inside a family of emoji', '👨‍👩‍👧', 3],
    ['before the colour of a hand', '👍🏽', 2],
    ['inside a flag', '🇩🇪🇫🇷', 2],
    ['between carriage return and line feed', 'a\r\nb', 2],
    ['inside a Korean syllable of single letters', '\u1112\u1161\u11AB', 1],
  ])('never happens %s', (_name, text, at) => {
    expect(isBoundary(text, at)).toBe(false);
    expect(widen(text, at, at).start).toBeLessThan(at);
    expect(widen(text, at, at).end).toBeGreaterThan(at);
  });

  it('may happen between letters, Chinese characters, whole emoji and at the ends', () => {
    const text = 'ab光合👩‍🔬👍🏽';
    expect([0, 1, 2, 3, 4, 9, text.length].map((at) => isBoundary(text, at))).toEqual(Array(7).fill(true));
  });

  it('clips to whole characters', () => {
    expect(clip('ab👩‍🔬', 5)).toBe('ab');
    expect(clip('光合作用', 2)).toBe('光合');
    expect(clip('ab', 9)).toBe('ab');
  });
});

// No clock: where each place cost as much as the character is long, this would take minutes.
it.each([
  ['Korean consonants', '\u1100'],
  ['Korean vowels', '\u1161'],
  ['Devanagari conjuncts', '\u0915\u094D'],
  ['joined emoji', '👩\u200D'],
  ['tag characters', '\u{E0061}'],
  ['prepended marks', '\u0600'],
  ['combining marks', '\u0301'],
])('a text of %s, all of them one character to Unicode, is cut at any place in a few steps', (_name, piece) => {
  const text = `a${piece.repeat(20_000 / piece.length)}b`;
  for (let at = 0; at < text.length; at += 49) {
    const { start, end } = widen(text, at, at);
    expect(end - start).toBeLessThan(70);
    expect(clip(text, at).isWellFormed()).toBe(true);
  }
});

describe('blanks around a quote', () => {
  it('are left out', () => {
    const text = ' \u3000\u200Bab c\n';
    const { start, end } = tighten(text, 0, text.length);
    expect(text.slice(start, end)).toBe('ab c');
  });

  it('leave nothing of a blank text', () => {
    const { start, end } = tighten(' \n ', 0, 3);
    expect(end).toBe(start);
  });
});
