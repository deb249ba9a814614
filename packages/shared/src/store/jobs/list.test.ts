import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();

test('pages name each job once, newest first, also those of the same millisecond', async () => {
  const store = storeIn(keyspace);
  const ids = Array.from({ length: 7 }, (_, i) => `job-${i}`);
  await Promise.all(ids.map((id) => store.submit(admissionOf(id))));
  const seen: string[] = [];
  for (let from = '', page = 0; page === 0 || from !== ''; page += 1) {
    const { ids: found, next } = await store.list('ann', '', from, 3);
    seen.push(...found);
    from = next;
  }
  expect(seen).toEqual(ids.toReversed());
});

test('a list may be empty, and may be of one status', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1'));
  await store.submit(admissionOf('job-2'));
  await store.take('job-1');
  expect(await store.list('ann', 'running', '', 5)).toEqual({ ids: ['job-1'], next: '' });
  expect(await store.list('bob', '', '', 5)).toEqual({ ids: [], next: '' });
});
