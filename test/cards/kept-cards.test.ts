import type { Card } from '@flashcards/shared/contract/deck';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Follower } from '../harness/stack/follow';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

let pair: Pair;
beforeEach(async () => {
  pair = await Pair.start({ workers: 0, settings: { MODEL: 'standin/extractive-3000ms' } });
}, 30_000);
afterEach(() => pair.close());

const numbered = (what: string): string => `${ENGLISH} This is the note about ${what}.`;
const follow = (id: string): Promise<Follower> => Follower.start(`${pair.url}/v1/jobs/${id}/events`);
const cardsOf = (stream: Follower) => stream.of('card').map(({ data }) => data as unknown as Card);
const sorted = (cards: readonly Card[]) => [...cards].sort((a, b) => (a.id < b.id ? -1 : 1));

/** What each call about a text asked for: how many cards, and the fronts that it was given as kept. */
async function requestsAbout(what: string): Promise<{ cards: number; kept: string[] }[]> {
  const answer = await fetch(`${pair.standin.controlUrl}/requests?bodies=1&contains=${encodeURIComponent(what)}`);
  const { requests } = (await answer.json()) as { requests: { body: string }[] };
  return requests.map(({ body }) => {
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const request = messages.find(({ role, content }) => role === 'user' && content.startsWith('{'))?.content ?? '{}';
    return { kept: [], ...(JSON.parse(request) as { cards: number; kept?: string[] }) };
  });
}

/** Nothing lost, nothing doubled: what any run kept is in the deck as it was, and each card came once. */
function expectAll(early: readonly Card[], stream: Follower, job: Job): void {
  const deck = job.result?.deck.cards ?? [];
  expect(new Set(deck.map(({ id }) => id)).size).toBe(deck.length);
  expect(new Set(deck.map(({ front, back }) => `${front}\n${back}`)).size).toBe(deck.length);
  for (const card of early) expect(deck).toContainEqual(card);
  expect(sorted(cardsOf(stream))).toEqual(sorted(deck));
  expect(stream.seen.map(({ number }) => number)).toEqual(stream.seen.map((_event, i) => i + 1));
}

test('after a worker is killed the next run asks only for the cards that are missing', async () => {
  const dies = await pair.addWorker();
  const { id } = await pair.submit({ text: numbered('killed workers'), options: { cards: 10 } });
  const stream = await follow(id);
  await eventually(() => expect(cardsOf(stream).length).toBeGreaterThanOrEqual(4));
  await dies.stop('SIGKILL');
  const early = cardsOf(stream);
  await pair.addWorker();
  const job = await pair.ended(id, 40);
  await stream.done;
  expect(job).toMatchObject({ status: 'completed', attempts: 1 });
  const [first, second] = await requestsAbout('killed workers');
  expect(second?.cards).toBeLessThan(first?.cards ?? 0);
  expect(second?.cards).toBeLessThanOrEqual(Math.ceil((10 - early.length) * 1.3));
  for (const { front } of early) expect(second?.kept).toContain(front);
  expectAll(early, stream, job);
}, 60_000);

test('a cut answer keeps its cards, and the next attempt asks only for the others', async () => {
  await pair.addWorker();
  await pair.script('cut_stream');
  const { id } = await pair.submit({ text: numbered('cut answers'), options: { cards: 10 } });
  const stream = await follow(id);
  const job = await pair.ended(id, 40);
  await stream.done;
  expect(job).toMatchObject({ status: 'completed', attempts: 2 });
  const [first, second] = await requestsAbout('cut answers');
  expect(second?.kept.length).toBeGreaterThan(0);
  expect(second?.cards).toBeLessThan(first?.cards ?? 0);
  const fronts = second?.kept ?? [];
  expectAll(
    cardsOf(stream).filter(({ front }) => fronts.includes(front)),
    stream,
    job,
  );
  expect(job.result?.generated).toBeGreaterThanOrEqual(job.result?.kept ?? 0);
}, 60_000);

test('a worker that hands its jobs back hands on their cards', async () => {
  const leaves = await pair.addWorker({ DRAIN_SECONDS: 0 });
  const { id } = await pair.submit({ text: numbered('handing back'), options: { cards: 10 } });
  const stream = await follow(id);
  await eventually(() => expect(cardsOf(stream).length).toBeGreaterThanOrEqual(3));
  await leaves.stop('SIGTERM');
  await pair.addWorker();
  const early = cardsOf(stream);
  const job = await pair.ended(id, 40);
  await stream.done;
  expect((await requestsAbout('handing back'))[1]?.kept.length).toBeGreaterThanOrEqual(early.length);
  expectAll(early, stream, job);
}, 60_000);

test('a job that fails at last keeps the cards of all its attempts', async () => {
  await pair.addWorker();
  await pair.script('cut_stream', '400');
  const { id } = await pair.submit({ text: numbered('last failures'), options: { cards: 10 } });
  const stream = await follow(id);
  expect(await pair.ended(id, 40)).toMatchObject({ status: 'failed', error: { code: 'model_rejected' }, result: null });
  await stream.done;
  const cards = cardsOf(stream);
  expect(cards.length).toBeGreaterThan(0);
  expect((await pair.call('GET', `/v1/jobs/${id}/cards`)).body).toMatchObject({ cards });
}, 60_000);
