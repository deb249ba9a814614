import { Retry, backoff } from './backoff';

test('the wait between attempts grows, with jitter, and is bounded', () => {
  const waits = Array.from({ length: 200 }, () => backoff(1));
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  expect(new Set(waits).size).toBeGreaterThan(10);
  expect(Math.max(...Array.from({ length: 200 }, () => backoff(50)))).toBeLessThanOrEqual(30_000);
});

test('a hint goes before what would be waited, and none leaves it as it is', () => {
  const random = jest.spyOn(Math, 'random').mockReturnValue(1);
  expect([0, 1, 2, 3, 6, 50].map((made) => backoff(made))).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000]);
  expect(backoff(1, new Retry('http_503', 7_000))).toBe(7_000);
  expect(backoff(1, new Retry('http_503', null))).toBe(1_000);
  expect(backoff(1, Object.assign(new Error('of a library'), { delayMs: 7_000 }))).toBe(1_000);
  random.mockRestore();
});
