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
