import { isTerminal, type Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Follower } from '../harness/stack/follow';
import { Pair, type Service } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, workers: 2, settings: { MODEL: 'standin/extractive-2000ms' } });
}, 30_000);
afterAll(() => pair.close());

const numbered = (what: string | number): string => `${ENGLISH} This is the note about ${what}.`;
const follow = (id: string, query = ''): Promise<Follower> =>
  Follower.start(`${pair.url}/v1/jobs/${id}/events${query}`);
const cancel = (id: string, replica = 0) =>
  pair.call('POST', `/v1/jobs/${id}/cancel`, undefined, {}, (pair.apis[replica] as Service).url);
const read = async (id: string) => pair.call('GET', `/v1/jobs/${id}`);

interface LedgerEntry {
  readonly client_aborted_at: number | null;
  readonly cost_usd: number;
  readonly tokens_sent: number;
}
async function callsAbout(what: string): Promise<LedgerEntry[]> {
  const answer = await fetch(`${pair.standin.controlUrl}/ledger?contains=${encodeURIComponent(what)}`);
  return ((await answer.json()) as { entries: LedgerEntry[] }).entries;
}

test('a running job is canceled at once from any replica, its call stops, and its cards so far stay', async () => {
  const { id } = await pair.submit({ text: numbered('stopping') });
  const stream = await follow(id);
  await stream.first('card');
  const answer = await cancel(id, 1);
  expect([answer.status, (answer.body as Job).status, (answer.body as Job).result]).toEqual([200, 'canceled', null]);
  await eventually(async () => expect((await callsAbout('stopping'))[0]?.client_aborted_at).not.toBeNull());
  await stream.done;
  const cards = stream.of('card').map(({ data }) => data);
  expect(stream.seen.at(-1)).toMatchObject({ type: 'done', data: { status: 'canceled', error: null } });
  const kept = await pair.call('GET', `/v1/jobs/${id}/cards`);
  expect(kept.status).toBe(200);
  expect(kept.body).toMatchObject({ title: 'Plate tectonics', language: 'en', cards });
  expect(cards.length).toBeGreaterThan(0);
  const csv = await fetch(`${pair.url}/v1/jobs/${id}/cards?format=csv`);
  expect([csv.status, (await csv.text()).includes(String(cards[0]?.['front']))]).toEqual([200, true]);
  expect((await read(id)).body).toMatchObject({ status: 'canceled', progress: { stage: 'done', cards: cards.length } });
});

test('what its call cost in the end is added once it is known, and then the cost is final', async () => {
  const { id } = await pair.submit({ text: numbered('reconciled usage') });
  await (await follow(id)).first('card');
  const canceled = (await cancel(id)).body as Job;
  expect(canceled.usage.final).toBe(false);
  const before = await read(id);
  const after = await eventually(async () => {
    const now = await read(id);
    expect((now.body as Job).usage.final).toBe(true);
    return now;
  });
  const [call] = await callsAbout('reconciled usage');
  expect((after.body as Job).usage.cost_usd).toBeCloseTo(call?.cost_usd ?? -1, 10);
  expect(call?.cost_usd).toBeGreaterThan(0);
  expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  const late = await follow(id, `?after=${before.headers.get('etag')?.slice(1, -1)}`);
  await late.done;
  expect(late.seen).toMatchObject([{ type: 'done', data: { status: 'canceled', usage: { final: true } } }]);
});

test('canceled before any card there is no deck, and waiting ones never run', async () => {
  const { id } = await pair.submit({ text: numbered('no card yet') });
  expect((await cancel(id)).body).toMatchObject({ status: 'canceled' });
  expect(await pair.call('GET', `/v1/jobs/${id}/cards`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('canceling an ended job returns it as it is', async () => {
  const job = await pair.finished({ text: numbered('too late') });
  const answer = await cancel(job.id);
  expect(answer).toMatchObject({ status: 200, body: { status: 'completed' } });
  expect(answer.body).toEqual((await read(job.id)).body);
});

test('a cancel that races with the end gives exactly one end, which all who look see for good', async () => {
  const fast = await Pair.start({ apis: 2, workers: 2, settings: { MODEL: 'standin/extractive-60ms' } });
  try {
    const race = async (i: number) => {
      const { id } = await fast.submit({ text: numbered(`race ${i}`) });
      const stream = await Follower.start(`${fast.url}/v1/jobs/${id}/events`);
      await new Promise((resolve) => setTimeout(resolve, i * 4));
      const answers = await Promise.all(
        fast.apis.map(({ url }) => fast.call('POST', `/v1/jobs/${id}/cancel`, undefined, {}, url)),
      );
      await stream.done;
      const [end] = stream.of('done');
      return { id, seen: [...answers.map(({ body }) => (body as Job).status), end?.data['status']], stream };
    };
    const races: Awaited<ReturnType<typeof race>>[] = [];
    // A few at once, so that the later they are canceled the likelier they had ended.
    for (let i = 0; i < 80; i += 8)
      races.push(...(await Promise.all(Array.from({ length: 8 }, (_none, j) => race(i + j)))));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ends: string[] = [];
    for (const { id, seen, stream } of races) {
      const job = (await fast.call('GET', `/v1/jobs/${id}`)).body as Job;
      expect(isTerminal(job.status)).toBe(true);
      expect(seen).toEqual([job.status, job.status, job.status]);
      expect(stream.of('done')).toHaveLength(1);
      expect(job.result === null).toBe(job.status === 'canceled');
      ends.push(job.status);
    }
    expect(new Set(ends)).toEqual(new Set(['completed', 'canceled']));
  } finally {
    await fast.close();
  }
}, 60_000);

test('a cancel that did not reach a worker stops the run once the worker can be reached again', async () => {
  const deaf = await Pair.start({ workers: 1 });
  try {
    await deaf.script('hang_before_headers');
    const { id } = await deaf.submit({ text: numbered('deaf workers') });
    await eventually(async () =>
      expect((await deaf.call('GET', `/v1/jobs/${id}`)).body).toMatchObject({ status: 'running' }),
    );
    await eventually(async () =>
      expect(await deaf.redis.command('PUBSUB', 'NUMSUB', '{flashcards}:cancel')).toEqual(['{flashcards}:cancel', 1]),
    );
    // The record as a cancel leaves it, and nobody is notified.
    await deaf.redis.command('HSET', `{flashcards}:job:${id}`, 'status', 'canceled');
    await deaf.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(async () => expect((await deaf.ledger()).totals.aborted).toBe(1));
  } finally {
    await deaf.close();
  }
}, 60_000);
