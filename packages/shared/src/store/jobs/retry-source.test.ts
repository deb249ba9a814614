import { admissionOf, storeIn, useKeyspace } from '../../../../../test/harness/redis/keyspace';

const keyspace = useKeyspace();
const error = { code: 'model_unavailable', message: 'It did not answer.', retryable: true } as const;

test('a failed job gives back what was asked for', async () => {
  const store = storeIn(keyspace);
  const webhook = { url: 'https://example.com/hook', events: ['job.failed'] } as const;
  const submit = { text: 'Granite.', priority: 'bulk', deadline_seconds: 90, metadata: { a: 'b' }, webhook } as const;
  const admission = admissionOf('job-1', { submit, cacheKey: 'key', parent: 'job-0' });
  await store.submit(admission);
  await store.finish('job-1', null, { status: 'failed', error, usage: null });
  expect(await store.retrySource('job-1', 'ann')).toEqual({
    submit: admission.submit,
    parent: 'job-0',
    noStore: false,
  });
});

test('it says why there is nothing to ask again', async () => {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('open'));
  await store.submit(admissionOf('no-text'));
  await store.finish('no-text', null, { status: 'failed', error, usage: null });
  await keyspace.redis.del('{test}:text:no-text');
  const answers = ['open', 'no-text', 'unknown'].map((id) => store.retrySource(id, 'ann'));
  expect(await Promise.all([...answers, store.retrySource('open', 'bob')])).toEqual(['open', 'gone', 'none', 'none']);
});
