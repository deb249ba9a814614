import { bigrams, contentUnits, jaccard, tokens, wideCount } from './words';

describe('the words of a text', () => {
  it.each([
    ['English', 'what is dna, 2 nm wide?', ['what', 'is', 'dna', '2', 'nm', 'wide']],
    ['Chinese, character by character', '光合作用。', ['光', '合', '作', '用']],
    ['mixed without a blank', '使用tcp协议v4', ['使', '用', 'tcp', '协', '议', 'v4']],
    ['accents composed or not', 'naïve cafe\u0301', ['naïve', 'cafe\u0301']],
    ['rare Chinese characters', '𠮷野', ['𠮷', '野']],
    ['Korean', '광합성 과정', ['광합성', '과정']],
    ['none', '… 👩‍🔬!', []],
  ])('%s', (_name, text, words) => {
    expect(tokens(text)).toEqual(words);
  });

  it('are compared in pairs, so that their order counts', () => {
    expect([...bigrams('a b c')]).toEqual(['a b', 'b c']);
    expect([...bigrams('atp')]).toEqual(['atp']);
    expect(bigrams('').size).toBe(0);
  });

  it('say what a text is about: pairs of Chinese characters, whole words', () => {
    expect([...contentUnits('光合作用 atp')]).toEqual(['光合', '合作', '作用', 'atp']);
    expect([...contentUnits('水')]).toEqual(['水']);
  });

  it('overlap between nothing and everything', () => {
    expect(jaccard(bigrams('a b c'), bigrams('a b c'))).toBe(1);
    expect(jaccard(bigrams('a b c'), bigrams('b c d'))).toBeCloseTo(1 / 3);
    expect(jaccard(bigrams('a b'), bigrams('c d'))).toBe(0);
    expect(jaccard(bigrams(''), bigrams(''))).toBe(0);
  });
});

it('wide characters are counted, full-width punctuation and Korean too', () => {
  expect(wideCount('光合 ABC，かな한글')).toBe(7);
});
