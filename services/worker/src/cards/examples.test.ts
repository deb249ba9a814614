import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import { CARD_TYPES } from '@flashcards/shared/contract/deck';
import { EXAMPLES, familyOf } from './examples';
import { Gate } from './gate';
import { Source } from './ground';

describe.each(Object.entries(EXAMPLES))(
  'the worked example for %s',
  (_family, { language, source, cards, compound }) => {
    it('would be kept by the gate, card by card', () => {
      const options = { ...DEFAULT_OPTIONS, types: CARD_TYPES, answer_length: 'short' as const };
      const gate = new Gate({ source: new Source(source), options, language, tags: [], seed: 'example' });
      for (const type of CARD_TYPES) gate.offer(cards[type], { start: 0, end: source.length });
      expect(gate.dropped).toEqual({});
      expect(gate.kept.map(({ type }) => type)).toEqual([...CARD_TYPES]);
    });

    it('quotes its source to the letter', () => {
      for (const { quote } of Object.values(cards)) expect(source).toContain(quote);
    });

    it('shows a compound question and two that are not', () => {
      expect(new Set([compound.bad, ...compound.good]).size).toBe(3);
    });
  },
);

it('each language gets the example of its family, and any other the English one', () => {
  expect(['zh-Hant', 'ZH', 'ja-JP', 'de', 'constructor'].map(familyOf)).toEqual(['zh', 'zh', 'ja', 'en', 'en']);
});
