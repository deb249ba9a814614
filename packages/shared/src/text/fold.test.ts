import { fold, refold, unfold, type FoldLevel } from './fold';

const match = (text: string): string => fold(text, 'match').text;
const key = (text: string): string => fold(text, 'key').text;

/** Texts that have broken string code before. */
const AWKWARD = [
  '',
  ' ',
  'plain text, nothing to do',
  '\uFEFFwith a byte order mark',
  'line one\r\nline two\rline three\n',
  'blanks at the end  \t\nof lines \t',
  'cafe\u0301 and café, A\u030A and Å',
  '\u1112\u1161\u11AB\u1100\u1173\u11AF 한글 \uAC00\u11A8',
  '👩‍🔬 and 👨‍👩‍👧, 👍🏽, 🇩🇪, ❤️',
  '全角ＡＢＣ，：；？！（）「引」『用』、。',
  '𠮷野家 𝒜𝓁𝓅𝒽𝒶',
  'ﬁne ligature, ﷺ, İstanbul, ½',
  'ｶﾞｷﾞｸﾞ half-width kana',
  'soft\u00ADhyphen and zero\u200Bwidth',
  '光 合 作\n用 uses light',
  'lone \uD800 surrogates \uDC00',
  '\u0301 starts with a mark',
  'H₂O, x², №5',
];
const LEVELS: readonly FoldLevel[] = ['key', 'match'];
const cases = AWKWARD.flatMap((text) => LEVELS.map((level) => [level, text] as const));

describe('what readers see as the same folds to the same', () => {
  it.each([
    ['composed and decomposed letters', 'cafe\u0301', 'café'],
    ['composed and decomposed Korean', '\u1112\u1161\u11AB', '한'],
    ['Windows and Unix line ends', 'a\r\nb', 'a\nb'],
    ['a byte order mark or none', '\uFEFFa', 'a'],
    ['blanks at the end of a line or none', 'a \t\nb  ', 'a\nb'],
  ])('at both levels: %s', (_name, one, other) => {
    expect(key(one)).toBe(key(other));
    expect(match(one)).toBe(match(other));
  });

  it.each([
    ['letter case', 'ATP Synthase', 'atp synthase'],
    ['full-width letters and punctuation', 'ＡＴＰ：能量，（１）', 'atp:能量,(1)'],
    ['Chinese and ASCII punctuation', '光合作用。叶绿体、光', '光合作用.叶绿体,光'],
    ['curly, corner and straight quote marks', '“a” 「b」 ‘c’', '"a" "b" \'c\''],
    ['dashes of any length', 'a – b — c − d', 'a - b - c - d'],
    ['runs of white space of any kind', 'a \u00A0\u3000\n b', 'a b'],
    ['blanks at either end or none', ' \n a b ', 'a b'],
    ['blanks around a zero-width space', 'a \u200B b', 'a b'],
    ['blanks beside Chinese characters', '使用 TCP 协议\n传输', '使用tcp协议传输'],
    ['half-width kana', 'ｶﾞ', 'ガ'],
    ['characters that cannot be seen', 'soft\u00ADhyphen\u200B \u2060x\uFEFF', 'softhyphen x'],
    ['emoji with and without the colour selector', '❤️', '❤'],
  ])('for matching: %s', (_name, one, other) => {
    expect(match(one)).toBe(match(other));
  });
});

describe('what differs stays different', () => {
  it('keeps case, width and quote marks at the key level', () => {
    expect(key('“A”，ａ')).toBe('“A”，ａ');
  });

  it('keeps the joiner inside an emoji', () => {
    expect(match('👩‍🔬')).toBe('👩‍🔬');
  });

  it('keeps blanks between words and inside a line', () => {
    expect(key('a  b\tc')).toBe('a  b\tc');
    expect(match('a b')).not.toBe(match('ab'));
  });

  it('keeps a formula apart from another', () => {
    expect(match('a*b')).not.toBe(match('ab'));
  });
});

describe('the way back to the text as posted', () => {
  it.each(cases)('%s: leads from each folded unit to the cluster it came from, in order: %j', (level, text) => {
    const folded = fold(text, level);
    let last = 0;
    for (let i = 0; i < folded.text.length; i += 1) {
      const [start, end] = unfold(folded, i, i + 1);
      expect(end).toBeGreaterThan(start);
      expect(start).toBeGreaterThanOrEqual(last);
      expect(fold(text.slice(start, end), level).text.trim()).toContain(folded.text.charAt(i).trim());
      last = start;
    }
  });

  it.each(cases)('%s: refold and unfold lead back to where they began: %j', (level, text) => {
    const folded = fold(text, level);
    for (let from = 0; from < folded.text.length; from += 1) {
      for (let to = from + 1; to <= folded.text.length; to += 3) {
        const [start, end] = unfold(folded, from, to);
        const again = refold(folded, start, end);
        expect(again[0]).toBeLessThanOrEqual(from);
        expect(again[1]).toBeGreaterThanOrEqual(to);
        expect(unfold(folded, ...again)).toEqual([start, end]);
      }
    }
  });

  it.each(cases)('%s: folding twice changes nothing more: %j', (level, text) => {
    const once = fold(text, level).text;
    expect(fold(once, level).text).toBe(once);
  });

  it('finds a quote that was folded where it was posted', () => {
    const text = '\uFEFF第一章\r\n“Ｈ₂Ｏ”是  水。';
    const folded = fold(text, 'match');
    const quote = match('"H₂O"是水');
    const at = folded.text.indexOf(quote);
    const [start, end] = unfold(folded, at, at + quote.length);
    expect(text.slice(start, end)).toBe('“Ｈ₂Ｏ”是  水');
  });

  it('gives an empty range for a stretch of which nothing is left', () => {
    const [from, to] = refold(fold('a   \nb', 'key'), 1, 4);
    expect(to).toBe(from);
  });

  it('costs nothing where folding changes nothing', () => {
    expect(fold('already plain', 'key')).toEqual({ text: 'already plain', starts: null, ends: null });
  });
});

// No clock: where one step looked at all that came before it, these would take far longer than a test may.
it.each([
  ['Chinese', '光合作用是绿色植物利用光能，把二氧化碳和水转化为有机物的过程。'],
  ['English', 'Plants make sugar from light, water and carbon dioxide. '],
  ['accented letters', 'e\u0301a\u0300o\u0308 naïve café '],
  ['emoji', '👩‍🔬👨‍👩‍👧👍🏽 '],
  ['blanks', ' '],
  ['combining marks', '\u0301'],
])(
  'a text of 300,000 characters of %s is folded, however much of the same comes',
  (_name, piece) => {
    const text = `x${piece.repeat(Math.ceil(300_000 / piece.length))}x`;
    for (const level of ['match', 'key'] as const) {
      const folded = fold(text, level);
      expect(unfold(folded, 0, folded.text.length)).toEqual([0, text.length]);
    }
  },
  5_000,
);
