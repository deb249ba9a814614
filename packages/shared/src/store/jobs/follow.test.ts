import {
  addedOf,
  admissionOf,
  cardOf,
  storeIn,
  useKeyspace,
  usageOf,
} from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('a long log is read in pages, and the end comes with the last one', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.take('job-1');
  const cards = Array.from({ length: 120 }, (_, i) => cardOf(i));
  await store.append({ id: 'job-1', run: 1 }, usageOf(1), addedOf(0, cards));
  await store.finish('job-1', null, { status: 'canceled' });
  const first = await store.follow('job-1', 'ann', 0);
  expect(first).toMatchObject({ more: true, complete: false, channel: 'job-1' });
  const last = typeof first === 'string' ? 0 : (first.events.at(-1)?.number ?? 0);
  const second = await store.follow('job-1', 'ann', last);
  expect(second).toMatchObject({ more: false, complete: true, status: 'canceled' });
  expect(typeof second === 'string' ? second : second.events.at(-1)?.event.type).toBe('done');
});

test('another tenant cannot follow it', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  expect(await Promise.all([store.follow('job-1', 'bob', 0), store.follow('job-2', 'ann', 0)])).toEqual([
    'none',
    'none',
  ]);
});
