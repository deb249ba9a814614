import { createFailedKeys } from './failed-keys';

const ADDRESS = '203.0.113.7';

function counting() {
  const clock = { now: 5_000_000 };
  const bursts: [string, number][] = [];
  const failed = createFailedKeys(
    (address, failures) => bursts.push([address, failures]),
    () => clock.now,
  );
  const fail = (times: number, address = ADDRESS): void => {
    for (let i = 0; i < times; i += 1) failed.failed(address);
  };
  return { failed, fail, clock, bursts };
}

test('nineteen failed keys in a minute block no address, and twenty block it until the minute is over', () => {
  const { failed, fail, clock } = counting();
  expect(failed.isEmpty()).toBe(true);
  fail(19);
  expect([failed.isEmpty(), failed.blockedSeconds(ADDRESS)]).toEqual([false, 0]);
  fail(1);
  expect(failed.blockedSeconds(ADDRESS)).toBe(60);
  clock.now += 59_001;
  expect(failed.blockedSeconds(ADDRESS)).toBe(1);
  clock.now += 998;
  expect(failed.blockedSeconds(ADDRESS)).toBe(1);
  clock.now += 1;
  expect(failed.blockedSeconds(ADDRESS)).toBe(0);
});

test('the minute begins with the first failure, and a new one begins from nothing', () => {
  const { failed, fail, clock } = counting();
  fail(1);
  clock.now += 30_000;
  fail(19);
  expect(failed.blockedSeconds(ADDRESS)).toBe(30);
  clock.now += 30_000;
  fail(19);
  expect(failed.blockedSeconds(ADDRESS)).toBe(0);
});

test('one address closes no other', () => {
  const { failed, fail } = counting();
  fail(25);
  expect(failed.blockedSeconds('203.0.113.8')).toBe(0);
});

test('a burst is reported once a minute, with the number of failures', () => {
  const { fail, clock, bursts } = counting();
  fail(100);
  expect(bursts).toEqual([[ADDRESS, 20]]);
  clock.now += 60_000;
  fail(20);
  expect(bursts).toEqual([
    [ADDRESS, 20],
    [ADDRESS, 20],
  ]);
});

test('ten thousand addresses are remembered at most: the oldest is let go, those that fail again are not', () => {
  const { failed, fail } = counting();
  fail(20, 'oldest');
  fail(20, 'second');
  for (let i = 0; i < 9_998; i += 1) fail(1, `address-${i}`);
  fail(1, 'second'); // known: nobody has to go for it
  expect([failed.blockedSeconds('oldest'), failed.blockedSeconds('second')]).toEqual([60, 60]);
  fail(1, 'one more');
  expect([failed.blockedSeconds('oldest'), failed.blockedSeconds('second')]).toEqual([0, 60]);
});
