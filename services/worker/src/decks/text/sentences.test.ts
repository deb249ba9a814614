import { isHeading, isInformative, sentences } from './sentences';

const split = (text: string): string[] => sentences(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  it.each([
    ['Chinese', '第一句。第二句！“第三句？”第四句', ['第一句。', '第二句！', '“第三句？”', '第四句']],
    ['English', 'One is. Two is!  Three?', ['One is.', 'Two is!', 'Three?']],
    ['after an abbreviation', 'Dr. Smith came. He left.', ['Dr. Smith came.', 'He left.']],
    ['lines', 'one\ntwo\r\n\r\nthree', ['one', 'two', 'three']],
    ['a line that ends like an abbreviation', 'by Mr.\nSmith came.', ['by Mr.', 'Smith came.']],
    ['blank', ' \n ', []],
  ])('%s', (_name, text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  it('of a part of the text keep their place in the whole', () => {
    expect(sentences('One. Two. Three.', 5, 9)).toEqual([{ start: 5, end: 9 }]);
  });
});

it('headings are known', () => {
  expect(['# A', '  ## B', '第三章 细胞', '第12节'].every(isHeading)).toBe(true);
  expect(['#hash', 'A # B', '第三次世界大战'].some(isHeading)).toBe(false);
});

it('a sentence is informative if it is long enough and no heading', () => {
  expect(['光合作用产生氧气。', 'Plants make sugar from light.', '使用 TCP 和 UDP 协议'].map(isInformative)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['光合作用', 'Plants make sugar.', '## A heading that is very long indeed', '---'].some(isInformative)).toBe(
    false,
  );
});

it('the sentences of a long text are the same as those of its parts, found in less time than a test may take', () => {
  const part = '湖泊的面积约为300平方公里。Dr. Smith saw it. 他说：“很好。”\n';
  const text = part.repeat(2_000);
  const spans = sentences(text);
  expect(spans).toHaveLength(sentences(part).length * 2_000);
}, 5_000);

it('a sentence without end is cut, and nothing of it is lost', () => {
  const text = '无'.repeat(9_000);
  expect(sentences(text).reduce((sum, { start, end }) => sum + end - start, 0)).toBe(9_000);
});
