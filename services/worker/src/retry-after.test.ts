import { retryAfterMs } from './retry-after';

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Tue, 24 Nov 2026 08:01:00 GMT', 60_000],
  ['Tue, 24 Nov 2026 07:00:00 GMT', 0],
  ['-5', null],
  ['5 s', null],
  ['x5', null],
  ['1234567890', null],
  ['1', 1_000],
  ['2026-11-24T08:01:00Z', null],
  ['x Tue, 24 Nov 2026 08:01:00 GMT', null],
  ['  Tue, 24 Nov 2026 08:01:00 GMT', 60_000],
  ['soon', null],
  [' 1.25 ', 1_250],
  ['.5', null],
  [7, 7_000],
  [-7, null],
  [NaN, null],
  ['Fri Nov 24 2026 08:01:00 GMT', 60_000],
  ['24 Nov 2026 08:01:00 GMT', null],
  ['1 Tue, 24 Nov 2026 08:01:00 GMT', null],
  ['99999999999', null],
  [undefined, null],
  [['1', '2'], null],
])('Retry-After: %p is %p ms', (header, ms) => {
  expect(retryAfterMs(header, Date.parse('2026-11-24T08:00:00Z'))).toBe(ms);
});
