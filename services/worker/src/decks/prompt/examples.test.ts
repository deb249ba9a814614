import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import { CARD_TYPES } from '@flashcards/shared/contract/deck';
import { EXAMPLES, familyOf } from './examples';
import { Gate } from '../gate/gate';
import { Source } from '../gate/quote';

/** What the second of the good questions is answered by. */
const ANSWERS: Readonly<Record<string, string>> = { en: 'Afterwards', 'zh-Hans': '容易解开', ja: '簡単にほどける' };

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

    it('shows a question that the gate drops as two in one, and two that it keeps', () => {
      const options = { ...DEFAULT_OPTIONS, types: CARD_TYPES };
      const gate = new Gate({ source: new Source(source), options, language, tags: [], seed: 'example' });
      const { back, quote } = cards.choice;
      const backs = [back, ANSWERS[language] as string];
      gate.offer({ ...cards.basic, quote, front: compound.bad, back }, { start: 0, end: source.length });
      expect(gate.dropped).toEqual({ compound: 1 });
      compound.good.forEach((front, i) =>
        gate.offer(
          { ...cards.basic, front, back: backs[i], quote: i === 0 ? quote : cards.basic.quote },
          { start: 0, end: source.length },
        ),
      );
      expect(gate.dropped).toEqual({ compound: 1 });
    });
  },
);

it('each language gets the example of its family, and any other the English one', () => {
  expect(['zh-Hant', 'ZH', 'ja-JP', 'de', 'constructor'].map(familyOf)).toEqual(['zh', 'zh', 'ja', 'en', 'en']);
});
