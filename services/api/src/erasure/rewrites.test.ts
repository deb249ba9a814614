import { startRewrites } from './rewrites';

/** A Redis whose append-only file the test controls. */
function replica(seconds = 3_600) {
  const state = { owed: null as string | null, enabled: true, rewriting: false, ok: true, away: false };
  const did: string[] = [];
  const errors: unknown[] = [];
  const stop = startRewrites({
    store: {
      begin: async ({ holdMs }) => {
        if (state.owed) did.push(`begin ${holdMs}`);
        return state.owed;
      },
      end: async (last) => {
        did.push(`end ${last}`);
        state.owed = null;
        return true;
      },
      again: async (ms) => {
        did.push(`again ${ms}`);
        state.owed = null;
      },
      state: async () => state,
      rewrite: async () => {
        if (state.away) throw new Error('away');
        did.push('rewrite');
        state.rewriting = true;
      },
    },
    seconds,
    logger: { info: (event) => did.push(event) },
    onError: (error) => errors.push(error),
  });
  return { state, did, errors, stop };
}
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('an erasure is paid for when Redis has ended its rewrite, and not before', async () => {
  const { state, did } = replica();
  await pass(10_000);
  expect(did).toEqual([]);
  state.owed = '7';
  await pass(60_000);
  expect(did).toEqual(['begin 3600000', 'rewrite']);
  state.rewriting = false;
  await pass(5_000);
  expect(did.slice(2)).toEqual(['end 7', 'append_only.rewritten']);
});

test('a rewrite that runs already may have begun before the erasure: the next look is soon', async () => {
  const { state, did } = replica();
  Object.assign(state, { owed: '7', rewriting: true });
  await pass(5_000);
  expect(did).toEqual(['begin 3600000', 'again 5000']);
});

test('a Redis without an append-only file owes nothing, and is not made to write one', async () => {
  const { state, did } = replica();
  Object.assign(state, { owed: '7', enabled: false });
  await pass(5_000);
  expect(did).toEqual(['begin 3600000', 'end 7']);
});

test.each([
  ['fails', { ok: false }],
  ['is refused', { away: true }],
])('a rewrite that %s is told, and tried again after a minute', async (_what, how) => {
  const { state, did, errors } = replica();
  Object.assign(state, { owed: '7', ...how });
  await pass(5_000);
  state.rewriting = false;
  await pass(5_000);
  expect([errors.length, did.at(-1)]).toEqual([1, 'again 60000']);
  expect(did).not.toContain('end 7');
});

test('nothing is asked for where that was switched off, and nothing more after the end', async () => {
  const off = replica(0);
  const ended = replica();
  ended.stop();
  for (const { state } of [off, ended]) state.owed = '7';
  await pass(60_000);
  expect([off.did, ended.did]).toEqual([[], []]);
});
