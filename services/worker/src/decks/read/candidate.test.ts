import { CANDIDATES_SCHEMA, readCandidate } from './candidate';

const WHOLE = { quote: 'q', type: 'basic', front: 'f', back: 'b', choices: null, tags: [] };
const read = (change: object) => readCandidate({ ...WHOLE, ...change });

describe('the schema that the model is held to', () => {
  const card = CANDIDATES_SCHEMA.properties.cards.items;

  it('is taken by strict modes: every key required, no others, no lengths or patterns', () => {
    for (const object of [CANDIDATES_SCHEMA, card]) {
      expect(object.required).toEqual(Object.keys(object.properties));
      expect(object.additionalProperties).toBe(false);
    }
    expect(JSON.stringify(CANDIDATES_SCHEMA)).not.toMatch(/min|max|pattern|format|default/);
  });

  it('asks for the evidence before the card', () => {
    expect(Object.keys(card.properties)).toEqual(['quote', 'type', 'front', 'back', 'choices', 'tags']);
  });

  it('cannot be changed by its sender', () => {
    expect(() => card.required.push('x')).toThrow(TypeError);
  });
});

describe('reading what the model wrote', () => {
  it.each([
    ['text', 'a card'],
    ['nothing', null],
    ['a list', []],
    ['an unknown type', { ...WHOLE, type: 'essay' }],
    ['no type', { ...WHOLE, type: undefined }],
    ['no front', { ...WHOLE, front: undefined }],
    ['a front that is no text', { ...WHOLE, front: { text: 'f' } }],
    ['choices that are no list', { ...WHOLE, type: 'choice', choices: 'a, b' }],
    ['choices that are no texts', { ...WHOLE, type: 'choice', choices: [{}, {}] }],
  ])('refuses %s', (_name, value) => {
    expect(readCandidate(value)).toBeNull();
  });

  it('takes a number for the text it is', () => {
    expect(read({ back: 42 })?.back).toBe('42');
  });

  it('forgives what only one thing can be meant by', () => {
    expect(readCandidate({ type: 'cloze', front: '{{c1::x}}', quote: 'x', extra: 1 })).toEqual({
      ...{ quote: 'x', type: 'cloze', front: '{{c1::x}}', back: '', choices: null, tags: [] },
    });
    expect(read({ choices: ['a'] })?.choices).toBeNull();
    expect(read({ tags: 'biology' })?.tags).toEqual([]);
  });

  it.each([
    ['Q: What?', 'A: That', 'What?', 'That'],
    ['**Front:** What?', 'Back: That', 'What?', 'That'],
    ['问：什么？', '答：这个', '什么？', '这个'],
    ['  What?\n', '\tThat ', 'What?', 'That'],
  ])('removes labels and blanks: %s', (front, back, cleanFront, cleanBack) => {
    expect(read({ front, back })).toMatchObject({ front: cleanFront, back: cleanBack });
  });

  it('keeps words that only begin like a label', () => {
    expect(read({ front: 'Question time: when?', back: 'Anode: minus' })).toMatchObject({
      front: 'Question time: when?',
      back: 'Anode: minus',
    });
  });

  it('removes letters before answers when every answer has one', () => {
    expect(read({ type: 'choice', back: 'B. osmosis', choices: ['A) heat', '(C) light'] })).toMatchObject({
      back: 'osmosis',
      choices: ['heat', 'light'],
    });
    expect(read({ type: 'choice', back: 'C. elegans', choices: ['mouse', 'fly'] })?.back).toBe('C. elegans');
  });

  it('removes what no text may hold: control characters and halves of surrogate pairs', () => {
    expect(read({ front: 'a\u0007b\uD800' })?.front).toBe('ab\uFFFD');
  });
});
