import { clozeParts } from './cloze';

test.each([
  ['{{c1::叶绿体}}是细胞器。', [{ words: '叶绿体', hidden: true }, { words: '是细胞器。', hidden: false }]],
  ['In {{c1::1961::year}}, {{c2::Calvin}}', [
    { words: 'In ', hidden: false }, { words: '1961', hidden: true, hint: 'year' },
    { words: ', ', hidden: false }, { words: 'Calvin', hidden: true },
  ]],
  ['{{c1::std&#58;&#58;vector}} {{c1::\\frac{1}{2} }}', [
    { words: 'std::vector', hidden: true }, { words: ' ', hidden: false }, { words: '\\frac{1}{2} ', hidden: true },
  ]],
  ['no gap', [{ words: 'no gap', hidden: false }]],
])('%s is shown with its gaps', (sentence, parts) => {
  expect(clozeParts(sentence)).toEqual(parts);
}); // prettier-ignore

test('a sentence of gaps that do not end is read once', () => {
  // In the square of this length it would not end.
  const sentence = `${'{{c1::'.repeat(100_000)}${'::'.repeat(100_000)}`;
  expect(clozeParts(sentence)).toEqual([{ words: sentence, hidden: false }]);
});

test('a gap within another ends where Anki ends it', () => {
  expect(clozeParts('{{c1::a {{c2::b}} c')).toEqual([
    { words: 'a {{c2', hidden: true, hint: 'b' },
    { words: ' c', hidden: false },
  ]);
});
