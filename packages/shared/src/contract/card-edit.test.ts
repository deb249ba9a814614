import { type CardEdit, cardEditSchema, editCard } from './card-edit';
import { type Card, cardSchema } from './deck';

const BEFORE = Date.UTC(2026, 10, 24, 8, 0, 0, 900);
const card = (more: Partial<Card> = {}): Card => ({
  id: 'c_00000000000a',
  type: 'basic',
  front: 'Q',
  back: 'A',
  tags: ['t'],
  quote: 'A is it.',
  start: 0,
  end: 8,
  ...more,
});
const CLOZE = card({ type: 'cloze', front: 'The {{c1::nucleus}} holds {{c2::DNA}}.', back: 'nucleus; DNA' });
const CHOICE = card({ type: 'choice', back: 'B', choices: ['A', 'B', 'C'] });
const at = (one: Card, edit: CardEdit, now = BEFORE + 60_000) => editCard(one, edit, { now, before: BEFORE });
const edited = (one: Card, edit: CardEdit, now?: number): Card => {
  const outcome = at(one, edit, now);
  if (outcome.kind === 'refused') throw new Error(JSON.stringify(outcome.errors));
  expect(cardSchema.validate(outcome.card).error).toBeUndefined();
  return outcome.card;
};
const pointers = (one: Card, edit: CardEdit): string[] => {
  const outcome = at(one, edit);
  return outcome.kind === 'refused' ? outcome.errors.map(({ pointer }) => pointer) : [];
};

test('an edit changes what it names and nothing else', () => {
  expect(edited(card(), { front: 'New?' })).toEqual({
    ...card(),
    front: 'New?',
    edited_at: '2026-11-24T08:01:00.900Z',
  });
  expect(edited(card(), { tags: ['生物'] }).tags).toEqual(['生物']);
});

test('a verdict changes nothing of what the card says, and can be taken back', () => {
  const accepted = edited(card(), { review: 'accepted' });
  expect(accepted).toEqual({ ...card(), review: 'accepted' });
  expect(edited(accepted, { review: null })).toEqual(card());
});

test('an edit that says the same again is none', () => {
  expect(at(card(), { front: 'Q', back: 'A' })).toEqual({ kind: 'edited', card: card(), rewritten: false });
});

test('an edit is later than the card by a second that Anki can tell, however fast it came', () => {
  expect(edited(card(), { front: 'New?' }, BEFORE).edited_at).toBe('2026-11-24T08:00:01.000Z');
});

test('a cloze that is rewritten has its new words as answer', () => {
  expect(edited(CLOZE, { front: '{{c1::Ribosomes}} make protein.' }).back).toBe('Ribosomes');
});

test('a choice that gets another right answer offers it in the place of the old one', () => {
  expect(edited(CHOICE, { back: 'D' })).toMatchObject({ back: 'D', choices: ['A', 'D', 'C'] });
  expect(edited(CHOICE, { back: 'D', choices: ['D', 'E', 'F'] })).toMatchObject({ choices: ['D', 'E', 'F'] });
});

test.each([
  ['a question with hidden words', card(), { front: 'What is {{c1::x}}?' }, ['/front']],
  ['an answer with hidden words', card(), { back: '{{c1::x}}' }, ['/back']],
  ['choices of a question without', card(), { choices: ['A', 'B', 'C'] }, ['/choices']],
  ['a cloze that hides nothing', CLOZE, { front: 'The nucleus.' }, ['/front']],
  ['a cloze that is not closed', CLOZE, { front: 'The {{c1::nucleus.' }, ['/front']],
  ['an answer to a cloze that it does not hide', CLOZE, { back: 'x' }, ['/back']],
  ['choices without the right one', CHOICE, { choices: ['X', 'Y', 'Z'] }, ['/choices']],
  ['choices that are the same', CHOICE, { choices: ['B', 'a', 'Ａ'] }, ['/choices']],
] as const)('%s is refused', (_what, one, edit, expected) => {
  expect(pointers(one, edit)).toEqual(expected);
});

test.each([
  ['nothing at all', {}],
  ['an unknown field', { quote: 'x' }],
  ['a blank question', { front: ' \n' }],
  ['a question that is too long', { front: 'x'.repeat(2_001) }],
  ['a control character', { back: 'a\u0007' }],
  ['a tag with a blank', { tags: ['a b'] }],
  ['a tag twice', { tags: ['a', 'a'] }],
  ['two choices', { choices: ['A', 'B'] }],
  ['an unknown verdict', { review: 'maybe' }],
])('%s is no edit', (_what, edit) => {
  expect(cardEditSchema.validate(edit, { convert: false }).error).toBeDefined();
});
