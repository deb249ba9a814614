import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, workers: 2, settings: { MODEL: 'standin/extractive-3000ms' } });
}, 30_000);
afterAll(() => pair.close());

test('1,000 identical submits over two replicas share one call, and another job is not held up', async () => {
  const submitTo = (i: number) => pair.call('POST', '/v1/jobs', { text: ENGLISH }, {}, pair.apis[i % 2]?.url);
  const submitting = Promise.all(Array.from({ length: 1_000 }, (_none, i) => submitTo(i)));
  const other = await pair.finished({ text: `${ENGLISH} The other one.` });
  const answers = await submitting;
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(other.status).toBe('completed');
  const ids = answers.map(({ body }) => (body as Job).id);
  const ended = await Promise.all(ids.map((id) => pair.ended(id)));
  expect(ended.filter(({ status }) => status === 'completed')).toHaveLength(1_000);
  expect(ended.filter(({ cache }) => cache === 'collapsed')).toHaveLength(999);
  expect((await pair.ledger()).totals.calls).toBe(2);
}, 60_000);

test('when the job that others share is erased, its oldest follower makes the deck', async () => {
  const text = `${ENGLISH} Erased leader.`;
  const leader = await pair.submit({ text });
  const followers = await Promise.all([1, 2, 3].map(() => pair.submit({ text })));
  expect(followers.every(({ cache }) => cache === 'collapsed')).toBe(true);
  await pair.call('DELETE', `/v1/jobs/${leader.id}`);
  const ended = await Promise.all(followers.map(({ id }) => pair.ended(id)));
  expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
}, 30_000);

test('no-cache makes a new deck and shares with nobody', async () => {
  const text = `${ENGLISH} Anew.`;
  const [first, second] = await Promise.all([
    pair.finished({ text }),
    pair.finished({ text }, { 'Cache-Control': 'no-cache' }),
  ]);
  expect([first?.cache, second?.cache]).toEqual(['miss', 'miss']);
});

test('a running job that is canceled is canceled at once, and its model call stops', async () => {
  const { id } = await pair.submit({ text: `${ENGLISH} Cancel me.` });
  await eventually(async () =>
    expect((await pair.call('GET', `/v1/jobs/${id}`)).body).toMatchObject({ status: 'running' }),
  );
  const before = (await pair.ledger()).totals.aborted;
  expect((await pair.call('POST', `/v1/jobs/${id}/cancel`)).body).toMatchObject({ status: 'canceled' });
  await eventually(async () => expect((await pair.ledger()).totals.aborted).toBe(before + 1));
  expect(await pair.ended(id)).toMatchObject({ status: 'canceled', error: null });
});
