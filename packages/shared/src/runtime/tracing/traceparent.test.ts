import { isKept, readTraceparent, traceIdOf } from './traceparent';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a traceparent is taken as it came, and says which trace it is and whether that is kept', () => {
  const read = readTraceparent(`00-${TRACE}-${SPAN}-01`) as string;
  expect(read).toBe(`00-${TRACE}-${SPAN}-01`);
  expect([traceIdOf(read), isKept(read)]).toEqual([TRACE, true]);
  expect(isKept(readTraceparent(`00-${TRACE}-${SPAN}-00`) as string)).toBe(false);
});

test('of flags only the one that is ours is passed on, and a later version is read as far as it is known', () => {
  expect(readTraceparent(`00-${TRACE}-${SPAN}-fe`)).toBe(`00-${TRACE}-${SPAN}-00`);
  expect(readTraceparent(`00-${TRACE}-${SPAN}-03`)).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(readTraceparent(`cc-${TRACE}-${SPAN}-01`)).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(readTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-later`)).toBe(`00-${TRACE}-${SPAN}-01`);
});

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['version ff', `ff-${TRACE}-${SPAN}-01`],
  ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a trace too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['a trace too long', `00-${TRACE}0-${SPAN}-01`],
  ['no hex', `00-${TRACE.replace('4', 'g')}-${SPAN}-01`],
  ['no flags', `00-${TRACE}-${SPAN}`],
  ['more than version 00 has', `00-${TRACE}-${SPAN}-01-more`],
  ['more without a dash', `cc-${TRACE}-${SPAN}-01more`],
  ['two of them', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ['a blank in front', ` 00-${TRACE}-${SPAN}-01`],
  ['a line break behind', `00-${TRACE}-${SPAN}-01\n`],
])('a traceparent that breaks a rule counts as none: %s', (_what, header) => {
  expect(readTraceparent(header)).toBeUndefined();
});
