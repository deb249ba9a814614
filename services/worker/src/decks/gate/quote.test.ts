import { Source } from './quote';

const TEXT = [
  '# Photosynthesis\r\n',
  'Plants use **light** to make   sugar. Light\u00A0is “energy”.\r\n',
  '光合作用分为两个阶段：光反应\n和暗反应。使用 TCP 协议。\r\n',
  'It costs 1,200 euros, as a cafe\u0301 does. 👩‍🔬 did it in 1956. Plants use light twice. ﬁne!',
].join('');
const source = new Source(TEXT);
const locate = (quote: string, from = 0, to = TEXT.length): string | null => {
  const span = source.locate(quote, from, to);
  return span && TEXT.slice(span.start, span.end);
};

describe('a quote is found', () => {
  it.each([
    ['word for word', 'did it in 1956.', 'did it in 1956.'],
    ['with blanks around it', '  did it in 1956. \n', 'did it in 1956.'],
    ['in other letter case', 'PLANTS USE LIGHT TWICE', 'Plants use light twice'],
    ['with other blanks', 'to make sugar. Light is', 'to make   sugar. Light\u00A0is'],
    ['with other quote marks', 'Light is "energy"', 'Light\u00A0is “energy”'],
    ['with other punctuation', '光合作用分为两个阶段:光反应', '光合作用分为两个阶段：光反应'],
    ['across a line break', '光反应和暗反应', '光反应\n和暗反应'],
    ['without the blanks around Latin words', '使用TCP协议', '使用 TCP 协议'],
    ['with composed letters', 'as a café does', 'as a cafe\u0301 does'],
    ['without the marks of Markdown', 'Plants use light to make sugar', 'Plants use **light** to make   sugar'],
    ['with marks that the text has not', '*did it* in `1956`', 'did it in 1956'],
    ['in quote marks of its own', '“Plants use light twice”', 'Plants use light twice'],
    ['with dots or a stop at its ends', '…plants use light twice!', 'Plants use light twice'],
  ])('%s', (_name, quote, found) => {
    expect(locate(quote)).toBe(found);
  });
});

it('a quote is found without the marks around it in a text without any', () => {
  expect(new Source('Plants use light twice. Yes.').locate('“plants use light twice…”', 0, 28)).toEqual({
    start: 0,
    end: 22,
  });
});

describe('a quote is not found', () => {
  it.each([
    ['when the text does not say so', 'Plants need water'],
    ['when a word is left out', 'Plants light twice'],
    ['when it is empty', ''],
    ['when it is blank', ' \n'],
    ['when it is only punctuation', '“…”'],
  ])('%s', (_name, quote) => {
    expect(locate(quote)).toBeNull();
  });
});

describe('which place it is', () => {
  const twice = new Source('The cell divides. Then again: The cell divides. the CELL divides!');

  it('is in the part of the text that the card is about, if it stands there', () => {
    expect(twice.locate('The cell divides.', 18, 47)).toEqual({ start: 30, end: 47 });
    expect(twice.locate('the cell divides', 48, 65)).toEqual({ start: 48, end: 64 });
  });

  it('is anywhere else, if not', () => {
    expect(twice.locate('Then again', 30, 47)).toEqual({ start: 18, end: 28 });
    expect(twice.locate('THEN again', 30, 47)).toEqual({ start: 18, end: 28 });
  });

  it('is that of the exact words before that of words that look like them', () => {
    expect(twice.locate('the CELL divides', 0, 65)).toEqual({ start: 48, end: 64 });
  });
});

describe('a quote is made of whole characters', () => {
  it.each([
    ['a letter with its accent', 'as a cafe', 'as a cafe\u0301'],
    ['an emoji', '👩', '👩‍🔬'],
    ['half a pair', '\uD83D', '👩‍🔬'],
    ['a ligature', 'twice. fi', 'Plants use light twice. ﬁ'.slice(17)],
  ])('%s', (_name, quote, found) => {
    expect(locate(quote)).toBe(found);
  });
});

it('every stretch of a text is found in it, as it is', () => {
  for (let start = 0; start < TEXT.length; start += 7) {
    const span = source.locate(TEXT.slice(start, start + 20), start, start + 20);
    expect(TEXT.slice(span?.start, span?.end)).toContain(TEXT.slice(start, start + 20).trim());
  }
});

it('numbers are known however their thousands are written', () => {
  expect(source.numbers.has('1200')).toBe(true);
  expect(source.numbers.has('1956')).toBe(true);
  expect(source.numbers.has('200')).toBe(false);
  expect(new Source('pH 7.4, 1.5; ３ and 12,5').numbers).toEqual(new Set(['7.4', '1.5', '3', '12,5']));
});
