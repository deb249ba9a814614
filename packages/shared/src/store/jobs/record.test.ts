import { DEFAULT_OPTIONS, type Submit } from '../../contract/job';
import { etaSeconds, jobOf, packRequest, unpackRequest } from './record';

const submit = (options: Partial<Submit['options']>, metadata?: Record<string, string>): Submit => ({
  text: 'A text.',
  options: { ...DEFAULT_OPTIONS, ...options },
  priority: 'standard',
  deadline_seconds: 600,
  ...(metadata ? { metadata } : {}),
});

test('what is as by default takes no room in a record', () => {
  expect(packRequest(submit({}))).toBe('');
  expect(packRequest(submit({ cards: 3 }))).toBe('');
});

test.each([
  [submit({ types: ['cloze', 'basic'], focus: '重点', tags: ['a'] })],
  [submit({ language: 'zh-Hans', model: 'a/b' }, { course: 'bio-1' })],
  [submit({ cards: 42, difficulty: 'hard' })],
])('a submit comes back from its record as it was', (given) => {
  const { options, metadata } = unpackRequest(given.text, packRequest(given), given.options.cards);
  expect({ options, metadata }).toEqual({ options: given.options, metadata: given.metadata });
});

test('the time until a waiting job ends is its wait for a slot and the time of a job', () => {
  expect(etaSeconds({ position: 0, slots: 2, serviceMs: 1_500 })).toBe(2);
  expect(etaSeconds({ position: 6, slots: 2, serviceMs: 1_500 })).toBe(6);
  expect(etaSeconds({ position: 5, slots: 0, serviceMs: 1_000 })).toBe(6);
});

describe('the time that is left of a job', () => {
  const etaAt = (status: string, queuePosition: { position: number; now: number }) => {
    const fields = new Map([
      ['status', status],
      ['created', '1000'],
      ['started', '2000'],
    ]);
    const view = { id: 'a-job-1', fields, queuePosition: { slots: 1, serviceMs: 10_000, ...queuePosition } };
    return jobOf(view, 60).queue.eta_seconds;
  };

  test('that runs counts down, and is never 0 before its end', () => {
    expect([2_000, 9_000, 12_000, 60_000].map((now) => etaAt('running', { position: 0, now }))).toEqual([10, 3, 1, 1]);
  });

  test('that ended is 0', () => {
    expect(etaAt('completed', { position: 0, now: 9_000 })).toBe(0);
  });
});
