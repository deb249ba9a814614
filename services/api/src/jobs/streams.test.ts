import { statusEvent } from '@flashcards/shared/contract/events';
import type { Page } from '@flashcards/shared/store/jobs/log';
import { Listeners } from './streams';
import { createApiMetrics } from '../operations/metrics';
import type { Outlet } from '../http/sse';

const pageOf = (numbers: number[], page: Partial<Page> = {}): Page => ({
  events: numbers.map((number) => ({ number, event: statusEvent('running') })),
  complete: false,
  more: false,
  last: numbers.at(-1) ?? 0,
  deck: null,
  status: 'running',
  channel: 'job',
  ...page,
});

/** A replica whose log, channel and connections the test controls. */
function replica() {
  const notifiers = new Map<string, Set<() => void>>();
  const reads: string[] = [];
  const state = {
    log: pageOf([]) as Page | null,
    away: false,
    unsure: false,
    good: new Set(['key-1', 'key-2']),
    judged: [] as string[],
  };
  const listeners = new Listeners({
    notifier: {
      subscribe: (id, listener) => {
        const set = notifiers.get(id) ?? new Set();
        notifiers.set(id, set.add(listener));
        return () => set.delete(listener);
      },
    },
    read: async (id, _tenant, after) => {
      reads.push(`${id} ${after}`);
      if (state.away) throw new Error('away');
      return state.log && { ...state.log, events: state.log.events.filter(({ number }) => number > after) };
    },
    isGood: async ({ actor }) => {
      state.judged.push(actor);
      if (state.away || state.unsure) throw new Error('away');
      return state.good.has(actor);
    },
    metrics: createApiMetrics(''),
    max: 10,
  });
  const open = (after = 0, actor = 'key-1') => {
    const client = { text: '', ended: '', takes: Infinity, room: () => {}, hangUp: () => {} };
    const outlet: Outlet = {
      write: (text) => {
        client.text += text;
        client.takes -= 1;
        return client.takes > 0;
      },
      end: () => void (client.ended ||= 'end'),
      destroy: () => void (client.ended ||= 'destroy'),
      onDrain: (listener) => void (client.room = listener),
      onClosed: (listener) => void (client.hangUp = listener),
    };
    listeners.stream({ id: 'job', tenant: 'ann', actor }, after)(outlet);
    return client;
  };
  const publish = (id = 'job') => [...(notifiers.get(id) ?? [])].forEach((listener) => listener());
  return { listeners, state, reads, open, publish, notifiers };
}

const idsIn = ({ text }: { text: string }): number[] =>
  [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
const settled = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('many who follow one job share one read of what is new', async () => {
  const { state, reads, open, publish } = replica();
  const clients = Array.from({ length: 10 }, () => open());
  await settled();
  reads.length = 0;
  state.log = pageOf([1, 2]);
  publish();
  await settled();
  expect(reads).toEqual(['job 0']);
  expect(clients.map(idsIn)).toEqual(clients.map(() => [1, 2]));
});

test('an idle stream gets a comment every 15 s, and then catches up on a notification that was missed', async () => {
  const { state, open } = replica();
  const client = open();
  await settled();
  state.log = pageOf([1]);
  await jest.advanceTimersByTimeAsync(14_000);
  expect(client.text).not.toContain('\n:');
  await jest.advanceTimersByTimeAsync(2_000);
  expect(client.text).toContain('\n:\n\n');
  expect(idsIn(client)).toEqual([1]);
  await jest.advanceTimersByTimeAsync(31_000);
  expect(client.text.match(/^:$/gm)).toHaveLength(3);
});

test('a slow reader is written no more than it takes, goes on where it stopped, and nothing is held for it', async () => {
  const { state, reads, open, publish } = replica();
  const client = open();
  await settled();
  client.takes = 2;
  state.log = pageOf([1, 2, 3, 4, 5]);
  publish();
  await settled();
  expect(idsIn(client)).toEqual([1, 2]);
  const before = reads.length;
  publish();
  await settled();
  expect(reads).toHaveLength(before);
  client.takes = Infinity;
  client.room();
  await settled();
  expect(idsIn(client)).toEqual([1, 2, 3, 4, 5]);
});

test('a reader that takes nothing for 30 s loses its connection', async () => {
  const { state, listeners, open, publish } = replica();
  const client = open();
  await settled();
  client.takes = 1;
  state.log = pageOf([1, 2]);
  publish();
  await jest.advanceTimersByTimeAsync(29_000);
  expect([client.ended, listeners.count]).toEqual(['', 1]);
  await jest.advanceTimersByTimeAsync(3_000);
  expect([client.ended, listeners.count]).toEqual(['destroy', 0]);
});

test('a read that fails is tried again within a second', async () => {
  const { state, open, publish } = replica();
  const client = open();
  await settled();
  state.log = pageOf([1]);
  state.away = true;
  publish();
  await settled();
  state.away = false;
  await jest.advanceTimersByTimeAsync(1_100);
  expect(idsIn(client)).toEqual([1]);
});

test('a client of a follower gets the news of its leader, also what was published before it subscribed', async () => {
  const { state, reads, open, publish, notifiers } = replica();
  state.log = pageOf([1], { channel: 'leader' });
  const client = open();
  await settled();
  expect(reads).toEqual(['job 0', 'job 1']);
  state.log = pageOf([1, 2], { channel: 'leader' });
  publish('leader');
  await settled();
  expect(idsIn(client)).toEqual([1, 2]);
  client.hangUp();
  expect([...notifiers.values()].map(({ size }) => size)).toEqual([0, 0]);
});

test.each([
  ['at the end of its job', (state: { log: Page | null }) => (state.log = pageOf([1], { complete: true })), [1]],
  ['when its job is erased', (state: { log: Page | null }) => (state.log = null), []],
])('a stream ends %s, and leaves nothing behind', async (_when, happen, numbers) => {
  const { state, listeners, open, publish, notifiers } = replica();
  const client = open();
  await settled();
  happen(state);
  publish();
  await settled();
  expect([client.ended, idsIn(client), listeners.count]).toEqual(['end', numbers, 0]);
  expect([...notifiers.values()].map(({ size }) => size)).toEqual([0]);
  expect(jest.getTimerCount()).toBe(0);
});

test('a stream whose key was revoked ends within a second of the notification, and no other does', async () => {
  const { listeners, state, open } = replica();
  const [revoked, other] = [open(0, 'key-1'), open(0, 'key-2')];
  await settled();
  state.good.delete('key-1');
  listeners.keyChanged('key-1');
  await jest.advanceTimersByTimeAsync(1_000);
  expect([revoked.ended, other.ended, listeners.count]).toEqual(['end', '', 1]);
  expect(state.judged).toEqual(['key-1']);
  state.good.clear();
  listeners.keyChanged('');
  await jest.advanceTimersByTimeAsync(1_000);
  expect([other.ended, listeners.count]).toEqual(['end', 0]);
});

test('a stream shows nothing of what happened after its key was revoked', async () => {
  const { listeners, state, open, publish } = replica();
  const [revoked, other] = [open(0, 'key-1'), open(0, 'key-2')];
  await settled();
  state.good.delete('key-1');
  listeners.keyChanged('');
  state.log = pageOf([1]);
  publish();
  await settled();
  expect([idsIn(revoked), revoked.ended]).toEqual([[], 'end']);
  expect([idsIn(other), other.ended]).toEqual([[1], '']);
});

test('after a change of its key a stream shows nothing until somebody can say whether the key is good', async () => {
  const { listeners, state, open, publish } = replica();
  const client = open();
  await settled();
  state.unsure = true;
  listeners.keyChanged('key-1');
  state.log = pageOf([1]);
  publish();
  await jest.advanceTimersByTimeAsync(2_000);
  expect([idsIn(client), client.ended]).toEqual([[], '']);
  state.unsure = false;
  await jest.advanceTimersByTimeAsync(2_000);
  expect([idsIn(client), client.ended]).toEqual([[1], '']);
});

test('a revocation whose notification was missed ends the stream all the same, also a busy one', async () => {
  const { state, open, publish } = replica();
  const client = open();
  for (let second = 0; second < 16; second += 1) {
    state.log = pageOf(Array.from({ length: second + 1 }, (_none, i) => i + 1));
    publish();
    await jest.advanceTimersByTimeAsync(1_000);
    if (second === 3) state.good.clear();
  }
  expect(client.ended).toBe('end');
});

test('while nobody can say whether a key is good its streams go on, and are asked about four times a minute', async () => {
  const { listeners, state, open } = replica();
  open();
  await settled();
  state.away = true;
  await jest.advanceTimersByTimeAsync(61_000);
  expect([listeners.count, state.judged.length]).toEqual([1, 4]);
  state.away = false;
  state.good.clear();
  await jest.advanceTimersByTimeAsync(15_000);
  expect(listeners.count).toBe(0);
});
