import { hashOfApiKey, makeApiKey } from '@flashcards/shared/security/api-key';
import { NO_LIMITS } from '@flashcards/shared/contract/limits';
import { createAccess } from './access';
import type { TrustedKey } from './trust';

const PEPPER = 'a pepper of these tests';

/** What decides about it is the trust's. */
const STORED = {
  fields: { tenant: '', name: '', scopes: '', created: '', expires: '', rotated_to: '', hash: '' },
  mac: '',
  limits: '',
  limitsMac: '',
  allSigned: '',
};

/** A replica whose keys and clock are held by hand. */
function replica(max = 100) {
  const keys = new Map<string, TrustedKey>();
  const state = {
    now: 1_000_000_000,
    reads: 0,
    uses: [] as [string, number][][],
    away: false,
    forged: new Set<string>(),
    errors: [] as unknown[],
  };
  const access = createAccess({
    store: {
      find: async (id) => {
        state.reads += 1;
        return keys.get(id) ?? null;
      },
      used: async (times) => {
        if (state.away) throw new Error('away');
        state.uses.push([...times]);
      },
    },
    trust: { accept: ({ id }) => (state.forged.has(id) ? null : (keys.get(id) ?? null)) },
    pepper: PEPPER,
    limits: { ...NO_LIMITS, submits_per_minute: 10 },
    onError: (error) => state.errors.push(error),
    now: () => state.now,
    timeOf: () => state.now,
    max,
  });
  const make = (tenant: string, more: Partial<TrustedKey> = {}) => {
    const { id, key } = makeApiKey();
    keys.set(id, {
      id,
      tenant,
      name: '',
      scopes: ['jobs:read'],
      created: state.now,
      expires: null,
      rotatedTo: null,
      lastUsed: null,
      hash: hashOfApiKey(PEPPER, key),
      limits: {},
      clock: { redis: 0, monotonic: 0 },
      stored: STORED,
      ...more,
    });
    return { id, key };
  };
  return { access, keys, state, make };
}

test('a key gives its tenant, its scopes and who is counted', async () => {
  const { access, make } = replica();
  const { id, key } = make('ann', { scopes: ['jobs:read', 'admin'] });
  expect(await access.callerOf(key)).toMatchObject({
    tenant: 'ann',
    subject: 't:ann',
    actor: id,
    scopes: ['jobs:read', 'admin'],
    limits: { ...NO_LIMITS, submits_per_minute: 10 },
    seen: { left: 10, at: 0 },
  });
});

test("a tenant's own limits go before those of the deployment", async () => {
  const { access, make } = replica();
  const { key } = make('ann', { limits: { submits_per_minute: 3 } });
  expect(await access.callerOf(key)).toMatchObject({ limits: { submits_per_minute: 3 }, seen: { left: 3 } });
});

test('a key that was never made, one with another secret and a malformed one are nobody', async () => {
  const { access, make, keys, state } = replica();
  expect(access.callerOf('fck_mistyped')).toBeNull();
  expect(state.reads).toBe(0); // what cannot be a key costs no look-up
  expect(await access.callerOf(makeApiKey().key)).toBeNull();
  const { id } = make('ann');
  const forged = makeApiKey(id).key;
  expect(await access.callerOf(forged)).toBeNull();
  expect(keys.has(id)).toBe(true);
});

test('a key whose record is forged is nobody, also for what it had opened', async () => {
  const { access, make, state } = replica();
  const { id, key } = make('ann');
  state.forged.add(id);
  expect(await access.callerOf(key)).toBeNull();
  expect(await access.holderOf(id)).toBeNull();
});

test('a key is good until the moment it expires', async () => {
  const { access, make, state } = replica();
  const { key } = make('ann', { expires: state.now + 5_000 });
  state.now += 4_999;
  expect(await access.callerOf(key)).toMatchObject({ tenant: 'ann' });
  state.now += 1;
  expect(await access.callerOf(key)).toBeNull();
});

test('a key that was seen lately costs no look-up, and ten seconds later one', async () => {
  const { access, make, state } = replica();
  const { key } = make('ann');
  await access.callerOf(key);
  state.now += 9_999;
  expect(access.callerOf(key)).not.toBeInstanceOf(Promise);
  expect(state.reads).toBe(1);
  state.now += 1;
  await access.callerOf(key);
  expect(state.reads).toBe(2);
});

test('a key that nobody has is looked up once in ten seconds, and guesses push no good key out of memory', async () => {
  const { access, make, state } = replica(3);
  const { key } = make('ann');
  await access.callerOf(key);
  const guesses = Array.from({ length: 10 }, () => makeApiKey().key);
  for (const guess of guesses) expect(await access.callerOf(guess)).toBeNull();
  expect(state.reads).toBe(11);
  expect(access.callerOf(key)).toMatchObject({ tenant: 'ann' });
  const [last] = guesses.slice(-1);
  state.now += 9_999;
  expect(access.callerOf(last ?? '')).toBeNull();
  expect(state.reads).toBe(11);
  state.now += 1;
  await access.callerOf(last ?? '');
  expect(state.reads).toBe(12);
});

test('a key that nobody had is good as soon as a change of it is heard of', async () => {
  const { access, make, keys } = replica();
  const { id, key } = make('ann');
  const record = keys.get(id);
  keys.delete(id);
  expect(await access.callerOf(key)).toBeNull();
  if (record) keys.set(id, record);
  expect(access.callerOf(key)).toBeNull();
  access.forget(id);
  expect(await access.callerOf(key)).toMatchObject({ tenant: 'ann' });
});

test('however many ask with a key at once, it is looked up once, and again when they ask later', async () => {
  const { access, make, state, keys } = replica();
  const { id, key } = make('ann');
  const callers = await Promise.all(Array.from({ length: 50 }, async () => access.callerOf(key)));
  expect(callers.filter(Boolean)).toHaveLength(50);
  expect(state.reads).toBe(1);
  keys.delete(id);
  access.forget(id);
  expect(await access.callerOf(key)).toBeNull();
});

test('a published change counts at once: of one key, or of all', async () => {
  const { access, make, keys } = replica();
  const [first, second] = [make('ann'), make('bob')];
  await access.callerOf(first.key);
  await access.callerOf(second.key);
  keys.clear();
  access.forget(first.id);
  expect(await access.callerOf(first.key)).toBeNull();
  expect(await access.callerOf(second.key)).toMatchObject({ tenant: 'bob' });
  access.forget('');
  expect(await access.callerOf(second.key)).toBeNull();
});

test('whom a key belongs to that let something in is known without the key, until it ends', async () => {
  const { access, make, keys, state } = replica();
  const [lasting, ending] = [make('ann'), make('bob', { expires: state.now + 5_000 })];
  const holders = async () =>
    [await access.holderOf(lasting.id), await access.holderOf(ending.id), await access.holderOf('never-made')].map(
      (caller) => caller?.tenant,
    );
  expect(await holders()).toEqual(['ann', 'bob', undefined]);
  state.now += 5_000;
  const reads = state.reads;
  expect(await holders()).toEqual(['ann', undefined, undefined]);
  expect(state.reads).toBe(reads);
  keys.clear();
  state.now += 5_000;
  expect(await holders()).toEqual([undefined, undefined, undefined]);
});

test('a look-up that a revocation overtakes does not let the key in', async () => {
  for (const changed of [(id: string) => id, () => '']) {
    const { access, make, keys } = replica();
    const { id, key } = make('ann');
    const asking = access.callerOf(key); // its answer is on the way
    keys.delete(id);
    access.forget(changed(id));
    expect(await asking).toBeNull();
    expect(await access.callerOf(key)).toBeNull();
  }
});

test('what is left of the limit is still known after a look-up', async () => {
  const { access, make, state } = replica();
  const { key } = make('ann');
  (await access.callerOf(key))?.seen.note(2);
  state.now += 20_000;
  expect(await access.callerOf(key)).toMatchObject({ seen: { left: 2 } });
});

test('so many keys are remembered and no more: the one seen longest ago is let go', async () => {
  const { access, make, state } = replica(3);
  const [oldest, second, third] = [make('a'), make('b'), make('c')];
  for (const { key } of [oldest, second, third]) await access.callerOf(key);
  expect(state.reads).toBe(3);
  expect(access.callerOf(oldest.key)).not.toBeInstanceOf(Promise);
  await access.callerOf(make('d').key);
  expect(access.callerOf(second.key)).not.toBeInstanceOf(Promise);
  await access.callerOf(oldest.key);
  expect(state.reads).toBe(5);
});

describe('last uses', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('are written together a second later, and of each key once a minute', async () => {
    const { access, make, state } = replica();
    const [ann, bob] = [make('ann'), make('bob')];
    await access.callerOf(ann.key);
    await access.callerOf(bob.key);
    await access.callerOf(ann.key);
    await jest.advanceTimersByTimeAsync(999);
    expect(state.uses).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    const at = state.now;
    expect(state.uses).toEqual([
      [
        [ann.id, at],
        [bob.id, at],
      ],
    ]);
    state.now += 59_999;
    await access.callerOf(ann.key);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(state.uses).toHaveLength(1);
    state.now += 1;
    await access.callerOf(ann.key);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(state.uses[1]).toEqual([[ann.id, at + 60_000]]);
  });

  test('are forgotten rather than grow without end', async () => {
    const { access, make, state } = replica(2);
    const first = make('a');
    await access.callerOf(first.key);
    await access.callerOf(make('b').key);
    await access.callerOf(make('c').key);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(state.uses).toHaveLength(1);
    await access.callerOf(first.key); // within its minute, and written again
    await jest.advanceTimersByTimeAsync(1_000);
    expect(state.uses[1]).toEqual([[first.id, state.now]]);
  });

  test('of a key that is refused are none', async () => {
    const { access, make, state } = replica();
    await access.callerOf(make('ann', { expires: state.now }).key);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(state.uses).toEqual([]);
  });

  test('that cannot be written stop nobody and are reported', async () => {
    const { access, make, state } = replica();
    state.away = true;
    expect(await access.callerOf(make('ann').key)).toMatchObject({ tenant: 'ann' });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(state.errors).toHaveLength(1);
  });
});
