import { fields, flag, json, kinds, list, number, oneOf, optional, text } from './shape';

test('an answer is read as it should be', () => {
  const read = fields({
    a: number,
    b: flag,
    c: list(text),
    d: optional(text),
    e: json<{ f: number }>(),
    g: oneOf('x'),
  });
  expect(read({ a: '12', b: 0, c: {}, e: '{"f":1}', g: 'x', unknown: 1 }, 'answer')).toEqual({
    a: 12,
    b: false,
    c: [],
    d: undefined,
    e: { f: 1 },
    g: 'x',
  });
});

test.each([
  [{}, 'undefined as a; a number is expected'],
  [{ a: '' }, 'string as a; a number is expected'],
  [{ a: 1, c: { d: 1 } }, 'object as c; a list is expected'],
  [{ a: 1, c: [], g: 'y' }, 'string as g; one of x, z is expected'],
])('an answer of another shape names the field: %j', (answer, message) => {
  const read = fields({ a: number, c: list(text), g: oneOf('x', 'z') });
  expect(() => read(answer, 'answer')).toThrow(`A script of the store answered ${message}.`);
});

test('an answer that is one of several says which', () => {
  const read = kinds({ found: { a: number }, none: {} });
  expect([read({ kind: 'found', a: 1 }, 'answer'), read({ kind: 'none' }, 'answer')]).toEqual([
    { kind: 'found', a: 1 },
    { kind: 'none' },
  ]);
  expect(() => read({ kind: 'other' }, 'answer')).toThrow('one of found, none is expected');
});
