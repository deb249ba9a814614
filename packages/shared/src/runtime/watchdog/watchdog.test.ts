import { CHECKS, createVerdict } from './watchdog';

const PARENT = 4_711;
const INIT = 1;
/** What is said at each check of a process whose loop beat so often before it. */
const verdicts = (beats: readonly number[], { endsWithParent = false, parents = [PARENT] } = {}) => {
  const verdict = createVerdict(endsWithParent);
  return beats.map((count, at) => verdict({ beats: count, parent: parents[at] ?? parents.at(-1) ?? PARENT }));
};
const stillFor = (checks: number): number[] => Array.from({ length: checks + 1 }, () => 7);

test('a process whose loop stands still from one check to the next for its whole limit is ended', () => {
  expect(verdicts(stillFor(CHECKS))).toEqual([...stillFor(CHECKS - 1).map(() => undefined), 'loop_stands_still']);
});

test('a loop that turns once before its limit is left alone, and so is a busy one', () => {
  const turnsOnce = [...stillFor(CHECKS - 1), ...stillFor(CHECKS - 1).map((beats) => beats + 1)];
  expect(new Set(verdicts(turnsOnce))).toEqual(new Set([undefined]));
  expect(new Set(verdicts([1, 2, 3, 9, 10, 10, 11]))).toEqual(new Set([undefined]));
});

test('a process that only works for its parent is ended with it where its loop cannot see that', () => {
  const ends = { endsWithParent: true, parents: [PARENT, INIT] };
  expect(verdicts([1, 1], ends)).toEqual([undefined, 'parent_gone']);
  expect(verdicts([1, 2, 3], ends)).toEqual([undefined, undefined, undefined]);
  expect(verdicts([1, 1], { ...ends, endsWithParent: false })).toEqual([undefined, undefined]);
});
