import { DEFAULT_OPTIONS, type Submit } from '../contract/job';
import { etaSeconds, packRequest, unpackRequest } from './record';

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

test('the time until a job ends counts whole rounds of the fleet', () => {
  expect(etaSeconds({ position: 1, slots: 2, serviceMilliseconds: 1_500 })).toBe(2);
  expect(etaSeconds({ position: 5, slots: 2, serviceMilliseconds: 1_500 })).toBe(5);
  expect(etaSeconds({ position: 5, slots: 0, serviceMilliseconds: 1_000 })).toBe(5);
});
