import { KINDS, MIN_SAMPLES, type Figures, type Outcome, brokenBy, percentile, table } from './judge';

const figures = (ms: number, count = MIN_SAMPLES, errors: string[] = []): Figures => {
  const times = Array.from({ length: count }, () => ms);
  return { samples: { submit: times, stream: times, deck: times, read: times }, errors };
};
const GOOD: Outcome = {
  attack: 'an attack',
  way: 'directly',
  sent: { 429: 10 },
  honest: { 200: 10 },
  attacked: figures(29),
  baseline: figures(10),
  held: [{ part: 'api', bytes: 100, limitBytes: 200 }],
  ended: [],
};

test('a neighbour that is served as ever breaks nothing', () => expect(brokenBy(GOOD)).toEqual([]));

test.each<[string, Partial<Outcome>]>([
  ['an error of the neighbour', { attacked: figures(10, MIN_SAMPLES, ['read: 503']) }],
  ['an error beside honest requests', { baseline: figures(10, MIN_SAMPLES, ['read: 503']) }],
  ['a p99 that is four times as long', { attacked: figures(40) }],
  ['memory over the limit of a container', { held: [{ part: 'api', bytes: 201, limitBytes: 200 }] }],
  ['a process that ended', { ended: ['worker'] }],
  ['an attack that sent nothing', { sent: {} }],
  ['a neighbour that got nothing', { attacked: figures(10, 0) }],
])('the judge notices %s', (_what, change) => {
  expect(brokenBy({ ...GOOD, ...change }).length).toBeGreaterThan(0);
});

test('a p99 of few samples is shown and not judged', () => {
  const few = { ...GOOD, attacked: figures(100, MIN_SAMPLES - 1) };
  expect(brokenBy(few)).toEqual([]);
  expect(table([few])).toContain('100/100 (10/10)?');
});

test('a percentile is of the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_none, i) => 100 - i);
  expect([0.01, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 50, 99, 100]);
  expect(KINDS).toHaveLength(4);
});
