import { createHmac } from 'node:crypto';
import type * as client from '@flashcards/client';

export interface StoryInput {
  /** Empty in a page: its own origin. */
  readonly baseUrl: string;
  readonly text: string;
  /** Where the webhook of the end of a job goes. */
  readonly webhook: string;
  readonly signature: string;
}

const SIGNED_AT = 1_614_265_330;
export const signature = (): string =>
  `v1,${createHmac('sha256', 'secret').update(`a.${SIGNED_AT}.{}`).digest('base64')}`;

/**
 * Everything the client does, written as people write it, in one function that needs nothing from outside of it: Node
 * calls it, and a browser is sent its source.
 */
export async function clientStory(
  { Flashcards, verifyWebhook, ApiError }: typeof client,
  { baseUrl, text, webhook, signature: signed }: StoryInput,
) {
  const flashcards = new Flashcards({ baseUrl });
  const refusal = (error: unknown) => (error instanceof ApiError ? `${error.code} ${error.status}` : error);
  const until = async <T>(read: () => Promise<T>, enough: (value: T) => boolean): Promise<T> => {
    for (let left = 300; ; left -= 1) {
      const value = await read();
      if (enough(value) || left === 0) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  const job = await flashcards.submit({ text, options: { cards: 4 }, webhook: { url: webhook } });
  const streamed: string[] = [];
  for await (const event of flashcards.stream(job.id)) if (event.type === 'card') streamed.push(event.data.id);
  const ended = await flashcards.wait(job.id, { timeoutSeconds: 20 });
  const cards = ended.result?.deck.cards ?? [];
  const { bytes } = await flashcards.cards(job.id, 'json');
  const refused = await flashcards.submit({ text: '' }).catch(refusal);

  const first = cards[0]?.id ?? '';
  const changed = await flashcards.changeCard(job.id, first, { review: 'accepted' });
  const other = await flashcards.regenerateCard(job.id, first, { focus: 'Ask for something else.' });
  const canceled = await flashcards.cancel(job.id);

  const sent = await until(
    () => flashcards.deliveries(job.id),
    ([one]) => one?.state === 'delivered',
  );
  const again = await flashcards.redeliver(job.id, sent[0]?.id ?? '');
  const twice = await until(
    () => flashcards.deliveries(job.id),
    ([one]) => one?.attempts.length === 2,
  );

  const batch = await flashcards.batch([{ text: '好。', options: { cards: 1 } }, { text: '' }]);
  const failed = await flashcards.wait(batch[0]?.job?.id ?? '');
  const retried = await flashcards.retry(failed.id);
  const notRetried = await flashcards.retry(job.id).catch(refusal);
  await flashcards.wait(retried.id);
  await flashcards.wait(other.id);

  const usage = await flashcards.usage({ days: 1 });
  const queue = await flashcards.queue();
  await flashcards.erase(job.id);
  const gone = await flashcards.job(job.id).catch(refusal);
  const erasure = await flashcards.eraseAll();
  const left = await until(
    () => flashcards.jobs(),
    ({ jobs }) => jobs.length === 0,
  );
  const receipt = await until(
    () => flashcards.erasure(erasure.erasure_id),
    ({ status }) => status === 'done',
  );
  const headers = { 'webhook-id': 'a', 'webhook-timestamp': '1614265330', 'webhook-signature': signed };
  const event = await verifyWebhook('{}', headers, 'whsec_c2VjcmV0', { now: 1_614_265_330_000 });
  return {
    streamed, cards: cards.map(({ id }) => id), bytes: bytes.length, refused, changed, parent: [other.parent, job.id],
    canceled: canceled.status, sent, again, twice, batch, failed: failed.error?.code, retryOf: [retried.retry_of, failed.id],
    notRetried, usage, queue, gone, erasure, left: left.jobs.length, receipt, event,
  }; // prettier-ignore
}

/** What the story has to come to, wherever it ran. */
export function expectStory(done: Awaited<ReturnType<typeof clientStory>>): void {
  expect(done.streamed.sort()).toEqual([...done.cards].sort());
  expect(done.cards.length).toBeGreaterThanOrEqual(3);
  expect(done.bytes).toBeGreaterThan(200);
  expect(done.changed.review).toBe('accepted');
  expect(done.parent[0]).toBe(done.parent[1]);
  expect(done.retryOf[0]).toBe(done.retryOf[1]);
  expect(done.sent).toEqual([expect.objectContaining({ type: 'job.completed', state: 'delivered' })]);
  expect(done.again.id).toBe(done.sent[0]?.id);
  expect(done.twice[0]?.attempts.map(({ kind }) => kind)).toEqual(['automatic', 'redelivery']);
  expect(done.batch.map(({ status, problem }) => [status, problem?.code])).toEqual([
    [202, undefined],
    [422, 'invalid_request'],
  ]);
  expect(done.batch[1]?.problem?.errors?.[0]?.pointer).toBe('/jobs/1/text');
  expect(done.usage.days).toHaveLength(1);
  expect(done.usage.days[0]?.jobs).toBeGreaterThanOrEqual(3);
  expect(done.usage.left).toEqual({ open_jobs: null, tokens_per_day: null, usd_per_day: null });
  expect(done.queue.workers).toBe(1);
  expect(done).toMatchObject({
    refused: 'invalid_request 422', canceled: 'completed', failed: 'no_cards', notRetried: 'conflict 409',
    gone: 'not_found 404', left: 0, event: {},
    erasure: { status: 'erasing', stays: ['api_keys', 'budget_counters', 'tombstones', 'erasure_receipts'] },
    receipt: { status: 'done', cached_results_left: 0 },
  }); // prettier-ignore
}
