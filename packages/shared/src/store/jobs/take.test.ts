import {
  addedOf,
  admissionOf,
  cardOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';
import { NOTHING_USED } from './record';

const keyspace = useKeyspace();

test('a run gets what was asked for, and a number that grows with each run', async () => {
  const store = storeIn(keyspace);
  const submit = { text: 'Basalt “is” a rock.\n', priority: 'bulk', metadata: { course: '地质 "1"' } } as const;
  await store.submit(admissionOf('job-1', { submit, cacheKey: 'key', trace: '00-0a-0b-01' }));
  const first = await store.take('job-1');
  expect(first).toMatchObject({ id: 'job-1', run: 1, attempts: 1, recoveries: 0, crashes: 0, tenant: 'ann' });
  expect(first).toMatchObject({ cacheKey: 'key', trace: '00-0a-0b-01', spent: NOTHING_USED, kept: [], draft: null });
  expect(first?.submit).toMatchObject({ text: submit.text, metadata: submit.metadata });
  const second = await store.take('job-1');
  expect(second).toMatchObject({ run: 2, attempts: 1, recoveries: 1, held: null });
});

test('a run begins with the cards that earlier runs kept, and what they cost', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  const added = addedOf(0, [cardOf(1), cardOf(2)]);
  await store.append({ id: 'job-1', run: (await store.take('job-1'))?.run ?? 0 }, usageOf(5), added);
  expect(await store.take('job-1')).toMatchObject({ kept: added.cards, draft: added.draft, spent: usageOf(5) });
});

test('what ended, or was never there, is not run', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.finish('job-1', null, { status: 'canceled' });
  expect(await Promise.all([store.take('job-1'), store.take('job-2')])).toEqual([null, null]);
});
