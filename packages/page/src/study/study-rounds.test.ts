import type { Card } from '@flashcards/client';
import { type Study, answered, beginStudy } from './study-rounds';

const card = (id: string, more: Partial<Card> = {}): Card => ({
  ...{ id, type: 'basic', front: id, back: id, tags: [], quote: id, start: 0, end: 1 },
  ...more,
});
const ids = ({ rounds: turns }: Study): string[] => turns.map(({ card: { id } }) => id);

test('a study asks what was not rejected, and both ways what goes both ways', () => {
  const study = beginStudy([card('a'), card('b', { review: 'rejected' }), card('c', { type: 'reversed' })]);
  expect(study.rounds.map(({ card: { id }, backwards }) => [id, backwards])).toEqual([
    ['a', false],
    ['c', false],
    ['c', true],
  ]);
});

test('what was missed comes again three cards later, and counts as known only at the first try', () => {
  let study = answered(beginStudy(['a', 'b', 'c', 'd', 'e'].map((id) => card(id))), false);
  expect(ids(study)).toEqual(['b', 'c', 'd', 'a', 'e']);
  while (study.rounds.length > 0) study = answered(study, true);
  expect([study.known, study.all]).toEqual([4, 5]);
  expect(answered(study, true)).toEqual(study);
});
