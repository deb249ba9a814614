import { passagesOf } from './passages';

const TEXT = '甲乙丙丁。戊己🌱庚辛。';
const card = (number: number, start: number, end: number) => ({ number, start, end, quote: TEXT.slice(start, end) });

test('overlapping quotes each keep their words, and put their numbers where they end', () => {
  const passages = passagesOf(TEXT, [card(1, 0, 5), card(2, 2, 9), card(3, 0, 5)], [[11, 12]]);
  expect(passages.map(({ start, end }) => TEXT.slice(start, end)).join('')).toBe(TEXT);
  expect(passages).toEqual([
    { start: 0, end: 2, cards: [1, 3], ending: [], uncited: false },
    { start: 2, end: 5, cards: [1, 2, 3], ending: [1, 3], uncited: false },
    { start: 5, end: 9, cards: [2], ending: [2], uncited: false },
    { start: 9, end: 11, cards: [], ending: [], uncited: false },
    { start: 11, end: 12, cards: [], ending: [], uncited: true },
  ]);
});

test('a card of another text marks nothing', () => {
  expect(passagesOf(TEXT, [{ number: 1, start: 0, end: 2, quote: '另外' }])).toEqual([
    { start: 0, end: TEXT.length, cards: [], ending: [], uncited: false },
  ]);
});
