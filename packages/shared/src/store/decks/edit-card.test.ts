import {
  admissionOf,
  cardOf,
  resultOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';
import { createCardEdits } from './edit-card';

const keyspace = useKeyspace();

test('an edit is kept unless another one came first, or the deck is not the tenant’s', async () => {
  const edits = await editsOfDeck();
  const card = { ...cardOf(1), back: 'A "rock".' };
  const put = (tenant: string) => edits.put('job-1', tenant, card, { fields: UNEDITED, limits: NO_LIMITS });
  expect(await put('bob')).toEqual({ kind: 'none' });
  expect(await put('ann')).toEqual({ kind: 'kept', number: 5 });
  expect(await put('ann')).toEqual({ kind: 'stale' });
});

test('past the limit of a minute an edit is refused, and another tenant is not', async () => {
  const edits = await editsOfDeck();
  const put = (number: number) =>
    edits.put('job-1', 'ann', cardOf(number), { fields: UNEDITED, limits: { editsPerMinute: 2, storedBytes: 0 } });
  expect(await put(1)).toMatchObject({ kind: 'kept' });
  expect(await put(2)).toMatchObject({ kind: 'kept' });
  expect(await put(3)).toEqual({ kind: 'limited', retryAfterSeconds: expect.any(Number) as number });
});

test('edits count by what they add, and are refused once the tenant has stored all that it may', async () => {
  const edits = await editsOfDeck();
  const stored = async () =>
    (await keyspace.redis.hvals('{test}:usage:ann:stored')).reduce((sum, bytes) => sum + Number(bytes), 0);
  const before = await stored();
  const limits = { editsPerMinute: 0, storedBytes: before + 1_000 };
  const put = (back: string) => edits.put('job-1', 'ann', { ...cardOf(1), back }, { fields: new Map(edited), limits });
  const edited: [string, string][] = [];
  expect(await put('b'.repeat(500))).toMatchObject({ kind: 'kept' });
  const [name, value] = await edit();
  edited.push([name, value]);
  expect((await stored()) - before).toBe(value.length);
  expect(await put('c'.repeat(500))).toMatchObject({ kind: 'kept' });
  expect((await stored()) - before).toBe(value.length);
  edited.splice(0, 1, await edit());
  expect(await put('d'.repeat(1_500))).toMatchObject({ kind: 'refused', policy: 'stored-bytes' });
});

const UNEDITED = new Map<string, string>();
const NO_LIMITS = { editsPerMinute: 0, storedBytes: 0 };

/** The job `job-1` of `ann` with a deck of one card. */
async function editsOfDeck() {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  await store.finish('job-1', 1, { status: 'completed', result: resultOf([cardOf(1)]), usage: usageOf(1) });
  return createCardEdits(keyspace.redis, keyspace.prefix, 3_600);
}

/** The edit that is kept, as its field and value. */
async function edit(): Promise<[string, string]> {
  const fields = Object.entries(await keyspace.redis.hgetall('{test}:job:job-1'));
  const found = fields.find(([name]) => name.startsWith('edit:'));
  if (!found) throw new Error('There is no edit.');
  return found;
}
