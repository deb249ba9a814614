import { createFailedKeys } from './failed-keys';

const ADDRESS = '203.0.113.7';

function counting() {
  const clock = { now: 5_000_000 };
  const bursts: [string, number][] = [];
  const failed = createFailedKeys(
    (address, failures) => bursts.push([address, failures]),
    () => clock.now,
  );
  /** What the last of so many failures is told: seconds. */
  const fail = (times: number, address = ADDRESS): number => {
    for (let i = 1; i < times; i += 1) failed.count(address);
    return failed.count(address);
  };
  return { fail, clock, bursts };
}

test('twenty failed keys in a minute get the ordinary answer, and those after them how long the minute still is', () => {
  const { fail, clock } = counting();
  expect(fail(20)).toBe(0);
  expect(fail(1)).toBe(60);
  clock.now += 59_001;
  expect(fail(1)).toBe(1);
  clock.now += 998;
  expect(fail(1)).toBe(1);
  clock.now += 1;
  expect(fail(1)).toBe(0);
});

test('the minute begins with the first failure, and a new one begins from nothing', () => {
  const { fail, clock } = counting();
  fail(1);
  clock.now += 30_000;
  expect(fail(20)).toBe(30);
  clock.now += 30_000;
  expect(fail(20)).toBe(0);
});

test('one address counts for no other', () => {
  const { fail } = counting();
  fail(25);
  expect(fail(1, '203.0.113.8')).toBe(0);
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
  const { fail } = counting();
  fail(20, 'oldest');
  fail(20, 'second');
  for (let i = 0; i < 9_998; i += 1) fail(1, `address-${i}`);
  fail(1, 'second'); // known: nobody has to go for it
  fail(1, 'one more');
  expect([fail(1, 'oldest'), fail(1, 'second')]).toEqual([0, 60]);
});
