import { MAX_MARKS, markRun } from './marks';

const PAIR = '\u0301\u0327';

test('thirty marks in a row are taken, and thirty-one are a run that begins at its first', () => {
  expect(markRun(`ab${PAIR.repeat(MAX_MARKS / 2)}`)).toBeUndefined();
  expect(markRun(`ab${PAIR.repeat(MAX_MARKS / 2)}\u0301`)).toEqual({ start: 2, marks: 31 });
});

test('the offset counts UTF-16 code units, and all of the run is counted', () => {
  expect(markRun(`😀é\n${'\u0301'.repeat(40)}b${'\u0301'.repeat(50)}`)).toEqual({ start: 4, marks: 40 });
});

test.each([
  ['at the beginning of a text', PAIR.repeat(20), 0],
  ['at its end', `a${PAIR.repeat(20)}`, 1],
  ['beyond the basic plane', `a${'\u{1D165}\u{1D16D}'.repeat(20)}`, 1],
  ['of variation selectors', `a${'\uFE0F\u{E0100}'.repeat(20)}`, 1],
  ['of half-width voicing marks, which become combining marks', `ｶ${'\uFF9E\u0301'.repeat(20)}`, 1],
  ['with joiners between them', `a${'\u0301\u200D\u0327\u200C'.repeat(20)}`, 1],
  ['of 200,000', `a${PAIR.repeat(100_000)}`, 1],
])('a run %s is seen', (_what, text, start) => {
  expect(markRun(text)).toMatchObject({ start });
});

test.each([
  ['nothing', ''],
  ['many runs of thirty', `a${PAIR.repeat(15)}`.repeat(300)],
  ['joiners alone', '\u200D'.repeat(100)],
  ['emoji', '👩🏽‍❤️‍💋‍👨🏽👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿❤️1️⃣'.repeat(50)],
  ['Thai', 'ผู้ใหญ่หาผ้าใหม่ให้สะใภ้ใช้คล้องคอ '.repeat(50)],
  ['Hindi', 'सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। '.repeat(20)],
  ['Arabic with all its signs', 'بِسْمِ ٱللَّهِ ٱلرَّحْمَـٰنِ ٱلرَّحِيمِ '.repeat(50)],
  ['Persian with its non-joiners', 'می‌خواهم کتاب‌هایم را بخوانم '.repeat(50)],
  ['Hebrew with vowels and accents', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ '.repeat(50)],
  ['Tibetan stacks', 'ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ། ཧྐྵྨླྺྼྻྂ '.repeat(50)],
  ['Burmese', 'လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် '.repeat(50)],
  ['Vietnamese, decomposed', 'Tất cả mọi người sinh ra đều được tự do và bình đẳng '.normalize('NFD').repeat(50)],
  ['Korean, decomposed', '모든 인간은 태어날 때부터 자유로우며 '.normalize('NFD').repeat(50)],
  ['half-width kana', 'ｶﾞｷﾞｸﾞﾊﾟﾋﾟ '.repeat(50)],
  ['a formula', 'x̂̄ + y⃗′ = ẍ̇ '.repeat(50)],
])('%s has no run of marks', (_what, text) => {
  expect(markRun(text)).toBeUndefined();
}); // prettier-ignore

test('every mark of Unicode counts as one', () => {
  const marks = Array.from({ length: 0x110000 }, (_none, code) => code).filter(
    (code) => (code < 0xd800 || code > 0xdfff) && /\p{M}/u.test(String.fromCodePoint(code)),
  );
  expect(marks.filter((code) => !markRun(String.fromCodePoint(code).repeat(MAX_MARKS + 1)))).toEqual([]);
});
