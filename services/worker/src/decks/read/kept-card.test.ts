import { cardSchema } from '@flashcards/shared/contract/deck';
import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import { Gate } from '../gate/gate';
import { Source } from '../gate/quote';

const TEXT = 'Chlorophyll absorbs red and blue light. Photosynthesis releases oxygen.';
const BASIC = {
  ...{ quote: 'Chlorophyll absorbs red and blue light.', type: 'basic', choices: null, tags: [] },
  ...{ front: 'Which colours does chlorophyll take up?', back: 'Red and blue' },
};
const CLOZE = { ...BASIC, type: 'cloze', front: 'Chlorophyll absorbs {{c1::red}} and {{c2::blue}} light.', back: '' };
const CHOICE = { ...BASIC, type: 'choice', choices: ['Green', 'Yellow', 'Infrared'] };

const gateFor = (text = TEXT, seed = 'text-1', tags: string[] = []): Gate =>
  new Gate({
    ...{ source: new Source(text), language: 'en', tags, seed },
    options: { ...DEFAULT_OPTIONS, cards: 15, types: ['basic', 'cloze', 'choice'] },
  });
const offer = (gate: Gate, candidate: unknown) => gate.offer(candidate, { start: 0, end: 1_000 });

describe('a kept card', () => {
  const keep = (candidate: unknown, gate = gateFor()) => {
    offer(gate, candidate);
    return gate.kept[0];
  };

  it.each([BASIC, CLOZE, CHOICE])('has the shape that the contract promises', (candidate) => {
    expect(cardSchema.validate(keep(candidate)).error).toBeUndefined();
  });

  it('quotes the text as it was posted', () => {
    const card = keep({ ...BASIC, quote: ' chlorophyll ABSORBS red and  blue light' });
    expect(card?.quote).toBe('Chlorophyll absorbs red and blue light');
    expect(TEXT.slice(card?.start, card?.end)).toBe(card?.quote);
  });

  it('names the hidden words of a cloze as its back', () => {
    expect(keep({ ...CLOZE, back: 'extra' })?.back).toBe('red; blue');
  });

  it('shows all answers of a choice, in an order that only its id decides', () => {
    const card = keep(CHOICE);
    expect([...(card?.choices ?? [])].sort()).toEqual(['Green', 'Infrared', 'Red and blue', 'Yellow']);
    expect(keep(CHOICE)?.choices).toEqual(card?.choices);
  });

  it('has the id of its fact, however it is asked, and another of another text', () => {
    const other = gateFor(TEXT, 'text-2');
    expect(keep(BASIC)?.id).toMatch(/^c_[0-9a-f]{12}$/);
    expect(keep(BASIC)?.id).toBe(keep(BASIC)?.id);
    expect(keep({ ...BASIC, front: 'Light of what colours does it absorb?' })?.id).toBe(keep(BASIC)?.id);
    expect(keep({ ...BASIC, back: 'Blue and red' })?.id).not.toBe(keep(BASIC)?.id);
    expect(keep(BASIC, other)?.id).not.toBe(keep(BASIC)?.id);
  });

  it("has the request's tags and up to three of the model's, made fit for tags", () => {
    const tags = ['Bio', '#cell biology', ' 光合 作用，叶绿体 ', 'x'.repeat(33), '', 'a', 'b'];
    expect(keep({ ...BASIC, tags }, gateFor(TEXT, 'text-1', ['bio', '第一章']))?.tags).toEqual([
      ...['bio', '第一章', 'cell-biology', '光合-作用-叶绿体', 'a'],
    ]);
  });

  it('has lost its labels, not its meaning', () => {
    expect(keep({ ...BASIC, front: `Q: ${BASIC.front}`, back: 'A: Red and blue' })).toMatchObject({
      front: BASIC.front,
      back: 'Red and blue',
    });
  });
});

it('the right answer of a choice stands in every place, by and by', () => {
  const places = Array.from({ length: 200 }, (_, i) => {
    const gate = gateFor(TEXT, `${i}`);
    offer(gate, CHOICE);
    return gate.kept[0]?.choices?.indexOf('Red and blue');
  });
  for (const place of [0, 1, 2, 3]) expect(places.filter((at) => at === place).length).toBeGreaterThan(25);
});

it('a gate counts what it was offered, kept and dropped', () => {
  const gate = gateFor();
  for (const candidate of [BASIC, BASIC, { ...BASIC, back: '' }, null]) offer(gate, candidate);
  expect(gate).toMatchObject({ generated: 4, dropped: { duplicate: 1, empty: 1, schema: 1 } });
  expect(gate.kept).toHaveLength(1);
});

describe('a card that an earlier run of the job kept', () => {
  const earlier = gateFor();
  for (const candidate of [BASIC, CLOZE, CHOICE]) offer(earlier, candidate);

  it('stays as it is and is counted, and saying it again is a duplicate', () => {
    const gate = gateFor();
    gate.restore(earlier.kept, { generated: 5, dropped: { leak: 2 } });
    expect(gate.kept).toEqual(earlier.kept);
    for (const candidate of [BASIC, CLOZE]) expect(offer(gate, candidate)).toMatchObject({ reason: 'duplicate' });
    expect([gate.generated, gate.dropped]).toEqual([7, { leak: 2, duplicate: 2 }]);
  });
});
