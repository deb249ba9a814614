import { ProgressLine, barOf } from './progress';

const progress = (cards: number, wanted: number) =>
  ({ stage: 'generating', cards, cards_wanted: wanted, percent: 0 }) as const;

test('the bar counts cards, and fits the terminal', () => {
  expect(barOf(progress(5, 10), 80)).toBe('████████████░░░░░░░░░░░░ 5 of 10 cards');
  expect(barOf(progress(0, 1), 80)).toBe('░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 1 card');
  expect(barOf(progress(3, 10), 20).length).toBeLessThan(20);
  expect(barOf(progress(3, 10), 5)).toBe(' 3 of 10 cards');
});

test('where the output is not a terminal, each state is shown once', () => {
  const lines: string[] = [];
  const terminal = { say: (line: string) => lines.push(line), redraw: undefined, columns: 80 } as never;
  const line = new ProgressLine(terminal, 10);
  line.waiting(3, 12);
  for (const cards of [1, 2, 3]) line.report({ sequence: cards, type: 'progress', data: progress(cards, 10) });
  expect(lines).toEqual(['Waiting: 2 ahead, about 12 s.', 'Writing cards.']);
});
