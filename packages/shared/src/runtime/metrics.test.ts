import { oncePerScrape } from './metrics';

test('all metrics of a scrape share one look, and the next scrape looks again', async () => {
  jest.useFakeTimers();
  try {
    let looks = 0;
    const once = oncePerScrape(() => Promise.resolve((looks += 1)));
    expect(await Promise.all([once(), once()])).toEqual([1, 1]);
    expect(await once()).toBe(1);
    jest.runAllTimers();
    expect(await once()).toBe(2);
  } finally {
    jest.useRealTimers();
  }
});

test('a look that fails leaves the metrics of its scrape without a value, and only those', async () => {
  const once = oncePerScrape(() => Promise.reject(new Error('away')));
  expect(await Promise.all([once(), once()])).toEqual([undefined, undefined]);
});
