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
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  await store.finish('job-1', 1, { status: 'completed', result: resultOf([cardOf(1)]), usage: usageOf(1) });
  const edits = createCardEdits(keyspace.redis, keyspace.prefix);
  const before = new Map<string, string>();
  const card = { ...cardOf(1), back: 'A "rock".' };
  expect(await edits.put('job-1', 'bob', card, before)).toBe('none');
  expect(await edits.put('job-1', 'ann', card, before)).toBe(5);
  expect(await edits.put('job-1', 'ann', card, before)).toBe('stale');
});
