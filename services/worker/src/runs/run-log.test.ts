import type { Card } from '@flashcards/shared/contract/deck';
import { NOTHING_USED } from '@flashcards/shared/store/jobs/record';
import type { Added } from '@flashcards/shared/store/jobs/log';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { createWorkerMetrics } from '../metrics';
import { RunLogs } from './run-log';

const card = (n: number): Card => ({
  id: `c_${n}`, type: 'basic', front: '', back: '', tags: [], quote: '', start: 0, end: 0,
}); // prettier-ignore
const draft = { title: '', language: 'en', generated: 0, dropped: {} };
const progress = { usage: NOTHING_USED, draft: draft };
const run = (kept: Card[] = []): Run => ({ id: 'job', run: 1, kept }) as unknown as Run;
const ids = (added: Added | null) => added?.cards.map(({ id }) => id);

/** A log whose appends are answered by hand. */
function opened(given = run()) {
  const appends: { added: Added; answer: (held: boolean) => void; fail: () => void }[] = [];
  const lost: Run[] = [];
  const logs = new RunLogs({
    store: {
      append: (_run, _usage, added) =>
        new Promise((resolve, reject) =>
          appends.push({ added, answer: resolve, fail: () => reject(new Error('away')) }),
        ),
    },
    metrics: createWorkerMetrics('', () => 0),
    lost: (one) => lost.push(one),
  });
  return { log: logs.open(given), appends, lost };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('cards that come all at once go with the end of their run, and cost no call', async () => {
  const { log, appends } = opened();
  for (let i = 0; i < 10; i += 1) log.add(card(i), progress);
  log.close();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(appends).toHaveLength(0);
  expect(log.rest()?.cards).toHaveLength(10);
});

test('a card is appended soon, and those kept meanwhile go together with the next call', async () => {
  const { log, appends } = opened(run([card(100)]));
  log.add(card(0), progress);
  await jest.advanceTimersByTimeAsync(120);
  expect(ids(appends[0]?.added ?? null)).toEqual(['c_0']);
  expect(appends[0]?.added.from).toBe(1);
  log.add(card(1), progress);
  log.add(card(2), progress);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(appends).toHaveLength(1);
  appends[0]?.answer(true);
  await jest.advanceTimersByTimeAsync(120);
  expect(ids(appends[1]?.added ?? null)).toEqual(['c_1', 'c_2']);
  expect(appends[1]?.added.from).toBe(2);
  appends[1]?.answer(true);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(appends).toHaveLength(2);
  expect(log.rest()).toBeNull();
});

test('what could not be appended is appended again', async () => {
  const { log, appends } = opened();
  log.add(card(0), progress);
  await jest.advanceTimersByTimeAsync(120);
  appends[0]?.fail();
  await jest.advanceTimersByTimeAsync(120);
  expect(ids(appends[1]?.added ?? null)).toEqual(['c_0']);
});

test('a run that does not hold its job any more is stopped, unless it had ended before', async () => {
  for (const ended of [false, true]) {
    const { log, appends, lost } = opened();
    log.add(card(0), progress);
    await jest.advanceTimersByTimeAsync(120);
    if (ended) log.close();
    appends[0]?.answer(false);
    await jest.advanceTimersByTimeAsync(0);
    expect(lost).toHaveLength(ended ? 0 : 1);
  }
});
