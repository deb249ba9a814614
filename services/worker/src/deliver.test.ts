import { verdictOf } from './deliver';
import { retryAfter } from './webhook/send';

const RETRIES = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1_000);
const failed = (retryAfterMilliseconds: number | null = null) => ({
  reason: 'server_error' as const,
  retryAfterMilliseconds,
});
const attempt = (automatic: number, isRedelivery = false) => ({ automatic, isRedelivery });

test('eight attempts follow the published schedule, each wait up to 20 % longer', () => {
  const waits = (random: number) => RETRIES.map((_wait, i) => verdictOf(failed(), attempt(i), RETRIES, random));
  expect(waits(0)).toEqual(RETRIES.map((delayMilliseconds) => ({ outcome: 'retried', delayMilliseconds })));
  waits(1).forEach(({ delayMilliseconds }, i) => expect(delayMilliseconds).toBeCloseTo((RETRIES[i] as number) * 1.2));
  expect(verdictOf(failed(), attempt(7), RETRIES, 0)).toMatchObject({ outcome: 'failed' });
});

test('a receiver that asks for time gets it, a day at most, and never less than the schedule', () => {
  expect(verdictOf(failed(60_000), attempt(0), RETRIES, 0).delayMilliseconds).toBe(60_000);
  expect(verdictOf(failed(60_000), attempt(1), RETRIES, 0).delayMilliseconds).toBe(300_000);
  expect(verdictOf(failed(1e12), attempt(0), RETRIES, 0).delayMilliseconds).toBe(86_400_000);
});

test('an attempt that was asked for is followed by none', () => {
  expect(verdictOf(failed(), attempt(0, true), RETRIES, 0)).toMatchObject({ outcome: 'failed' });
});

test('410 ends the attempts, and success does', () => {
  expect(verdictOf({ reason: 'gone', retryAfterMilliseconds: 5 }, attempt(0), RETRIES, 0).outcome).toBe('gone');
  expect(verdictOf({ reason: 'ok', retryAfterMilliseconds: 5 }, attempt(0), RETRIES, 0).outcome).toBe('delivered');
});

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Tue, 24 Nov 2026 08:01:00 GMT', 60_000],
  ['Tue, 24 Nov 2026 07:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['99999999999', null],
  [undefined, null],
  [['1', '2'], null],
])('Retry-After: %p is %p ms', (header, milliseconds) => {
  expect(retryAfter(header, Date.parse('2026-11-24T08:00:00Z'))).toBe(milliseconds);
});
