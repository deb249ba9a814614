import { type Rules, type Signals, changeTo, newMemory, remember, workersDesired } from './decide';

const RULES: Rules = { min: 1, max: 10, backlogSeconds: 60, callsMax: 0 };
const QUIET: Signals = {
  waiting: 0,
  running: 0,
  slotsPerWorker: 5,
  arrivalsPerSecond: 0,
  serviceSeconds: 1,
  upstreamLimits: false,
};
const desired = (signals: Partial<Signals>, current = 1, rules: Partial<Rules> = {}): number =>
  workersDesired({ ...QUIET, ...signals }, current, { ...RULES, ...rules });

test.each<[string, Partial<Signals>, number, Partial<Rules>, number]>([
  ['nothing to do leaves the fewest', {}, 4, {}, 1],
  ['what arrives fills four fifths of the slots', { arrivalsPerSecond: 8 }, 1, {}, 2],
  ['a little more than that takes one more', { arrivalsPerSecond: 8.1 }, 1, {}, 3],
  ['a backlog is worked off within its time', { waiting: 600 }, 1, {}, 2],
  ['slow jobs need more workers for the same backlog', { waiting: 600, serviceSeconds: 3 }, 1, {}, 6],
  ['never more than the most', { waiting: 100_000 }, 1, {}, 10],
  ['what runs now keeps its workers', { running: 16 }, 4, {}, 4],
  ['no worker is added for jobs that already run', { running: 16 }, 2, {}, 2],
  ['no more calls at once than the upstream allows', { waiting: 100_000 }, 1, { callsMax: 22 }, 4],
  ['never fewer than the fewest, whatever the upstream allows', { waiting: 100_000 }, 1, { callsMax: 2 }, 1],
  ['none is added while the upstream limits us', { waiting: 100_000, upstreamLimits: true }, 3, {}, 3],
])('%s', (_title, signals, current, rules, expected) => {
  expect(desired(signals, current, rules)).toBe(expected);
});

const COOLDOWN = { outMs: 30_000, inMs: 180_000 };

/** What a series of desires, one each ten seconds, makes of the number of workers. */
function follow(desires: readonly number[], start = 1): number[] {
  let memory = newMemory(-1e9);
  let current = start;
  return desires.map((workers, i) => {
    const now = i * 10_000;
    memory = remember(memory, workers, now, COOLDOWN);
    const next = changeTo(memory, current, now, COOLDOWN);
    if (next !== null) {
      current = next;
      memory = { ...memory, changedAt: now };
    }
    return current;
  });
}

test('a burst gets its workers at once, and the next ones only after the cooldown', () => {
  expect(follow([1, 3, 4, 4, 4, 4])).toEqual([1, 3, 3, 3, 4, 4]);
});

test('workers go only when fewer were enough through the whole cooldown', () => {
  const quiet = Array.from({ length: 25 }, () => 1);
  const after = follow([4, ...quiet]);
  expect(after[18]).toBe(4);
  expect(after[19]).toBe(1);
});

test('a desire that jumps up and down never shakes the fleet', () => {
  expect(new Set(follow([4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1]))).toEqual(new Set([4]));
});

test('no lower than the most that was desired in the cooldown', () => {
  expect(follow([4, 2, ...Array.from({ length: 18 }, () => 1)]).at(-1)).toBe(2);
});
