import type { Card } from '@flashcards/shared/contract/deck';
import { EVENT_SCHEMAS, type EventType } from '@flashcards/shared/contract/events';
import type { Job } from '@flashcards/shared/contract/job';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually';
import { Follower } from '../harness/stack/follow';
import { Pair, type Service } from '../harness/stack/pair';
import { CHINESE, ENGLISH } from '../harness/texts';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, workers: 2, settings: { MODEL: 'standin/extractive-2000ms' } });
}, 30_000);
afterAll(() => pair.close());

const numbered = (what: string): string => `${ENGLISH} This is the note about ${what}.`;
const follow = (id: string, query = '', headers: Record<string, string> = {}, replica = 0): Promise<Follower> =>
  Follower.start(`${(pair.apis[replica] as Service).url}/v1/jobs/${id}/events${query}`, headers);
const numbersOf = ({ seen }: Follower): number[] => seen.map(({ number }) => number);
const idsOf = (follower: Follower): unknown[] => follower.of('card').map(({ data }) => data['id']);
const deckOf = ({ result }: Job): Card[] => [...(result?.deck.cards ?? [])];
const byId = (cards: { id?: unknown }[]) => [...cards].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));

interface LedgerEntry {
  readonly tokens_sent: number;
}
const callsAbout = async (what: string): Promise<LedgerEntry[]> => {
  const answer = await fetch(`${pair.standin.controlUrl}/ledger?contains=${encodeURIComponent(what)}`);
  return ((await answer.json()) as { entries: LedgerEntry[] }).entries;
};

describe('the stream of a job', () => {
  test('has its first card before half of the answer has been sent', async () => {
    const { id } = await pair.submit({ text: numbered('early cards') });
    const stream = await follow(id);
    await stream.first('card');
    const sentThen = (await callsAbout('early cards'))[0]?.tokens_sent ?? Infinity;
    await stream.done;
    const sentInAll = (await callsAbout('early cards'))[0]?.tokens_sent ?? 0;
    expect(sentThen).toBeGreaterThan(0);
    expect(sentThen).toBeLessThan(sentInAll / 2);
  });

  test('has every card of the deck once and as it stands there, in growing numbers, and ends with the end', async () => {
    const { id } = await pair.submit({ text: numbered('whole streams') });
    const stream = await follow(id);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    await stream.done;
    expect(stream.ended).toBe(true);
    const { headers, body } = await pair.call('GET', `/v1/jobs/${id}`);
    const deck = deckOf(body as Job);
    expect(deck.length).toBeGreaterThan(5);
    expect(byId(stream.of('card').map(({ data }) => data))).toEqual(byId(deck));
    expect(numbersOf(stream)).toEqual(stream.seen.map((_event, i) => i + 1));
    expect(stream.seen.slice(0, 2).map(({ data }) => data)).toEqual([{ status: 'queued' }, { status: 'running' }]);
    expect(stream.seen.at(-1)).toMatchObject({ type: 'done', data: { id, status: 'completed' } });
    expect(headers.get('etag')).toBe(`"${numbersOf(stream).at(-1)}"`);
    for (const { type, data } of stream.seen)
      expect(EVENT_SCHEMAS[type as EventType].validate(data).error).toBeUndefined();
    const spread = stream.of('card');
    expect((spread.at(-1)?.at ?? 0) - (spread[0]?.at ?? 0)).toBeGreaterThan(400);
  });

  test('goes on at another replica after the last number, with nothing twice and nothing left out', async () => {
    const { id } = await pair.submit({ text: numbered('resuming') });
    const first = await follow(id);
    await first.first('card');
    first.hangUp();
    const seen = numbersOf(first).at(-1) ?? 0;
    const second = await follow(id, '', { 'Last-Event-ID': String(seen) }, 1);
    const third = await follow(id, `?after=${seen}`, {}, 1);
    await Promise.all([second.done, third.done]);
    const whole = await follow(id);
    await whole.done;
    expect([...numbersOf(first), ...numbersOf(second)]).toEqual(numbersOf(whole));
    expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(whole));
    expect(third.seen.map(({ data }) => data)).toEqual(second.seen.map(({ data }) => data));
  });

  test('is 204 once the job has ended and nothing is newer, and the number that the header has wins', async () => {
    const job = await pair.finished({ text: numbered('the end') });
    const whole = await follow(job.id);
    await whole.done;
    const last = numbersOf(whole).at(-1) ?? 0;
    expect((await follow(job.id, `?after=${last}`)).status).toBe(204);
    expect((await follow(job.id, '?after=0', { 'Last-Event-ID': String(last) })).status).toBe(204);
    expect((await follow(job.id, `?after=${last - 1}`)).status).toBe(200);
  });

  test('of a job from the cache has its cards and its end', async () => {
    const text = numbered('caching');
    const made = await pair.finished({ text });
    const hit = await pair.finished({ text });
    expect(hit.cache).toBe('hit');
    const stream = await follow(hit.id);
    await stream.done;
    expect(stream.of('card').map(({ data }) => data)).toEqual(deckOf(made));
    expect(stream.seen.at(-1)?.type).toBe('done');
    expect((await pair.call('GET', `/v1/jobs/${hit.id}`)).headers.get('etag')).toBe(`"${numbersOf(stream).at(-1)}"`);
  });

  test('of a job that waited and ran thousands of times is whole, and the job still ends', async () => {
    const { id } = await pair.submit({ text: numbered('long logs') });
    const stream = await follow(id);
    await stream.first('card');
    // As a fleet leaves it that paused again and again.
    const turns = Array.from({ length: 9_000 }, (_none, i) => (i % 2 ? 's:running' : 's:queued'));
    await pair.redis.command('RPUSH', `{flashcards}:events:${id}`, ...turns);
    await stream.done;
    expect((await pair.ended(id)).status).toBe('completed');
    expect(stream.of('status').length).toBeGreaterThan(9_000);
    expect(numbersOf(stream)).toEqual(stream.seen.map((_event, i) => i + 1));
  }, 12_000);

  test.each(['events', 'cards?after=1'])('of a job that is not there is 404: %s', async (path) => {
    expect((await pair.call('GET', `/v1/jobs/01993f5e-7c1a-7b7e-9d54-0d8a6a3c2f11/${path}`)).status).toBe(404);
  });

  test('refuses a number that is none, by name', async () => {
    const { id } = await pair.submit({ text: numbered('bad numbers') });
    const header = await pair.call('GET', `/v1/jobs/${id}/events`, undefined, { 'Last-Event-ID': 'abc' });
    expect(header).toMatchObject({ status: 422, body: { errors: [{ pointer: '/headers/Last-Event-ID' }] } });
    expect(await pair.call('GET', `/v1/jobs/${id}/events?after=-1`)).toMatchObject({ status: 422 });
  });

  test('answers HEAD with its headers alone', async () => {
    const { id } = await pair.submit({ text: numbered('heads') });
    const answer = await fetch(`${pair.url}/v1/jobs/${id}/events`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});

describe('who waits for the end of a job', () => {
  test('has it read twice at most, at the start and at the end, however many cards come between', async () => {
    const redis = new Redis(pair.redis.url);
    const spy = await redis.monitor();
    const commands: string[][] = [];
    spy.on('monitor', (_time: string, args: string[]) => commands.push(args));
    try {
      const { id } = await pair.submit({ text: numbered('quiet waiting') });
      const { body } = await pair.call('GET', `/v1/jobs/${id}?wait=30`);
      expect((body as Job).status).toBe('completed');
      expect(deckOf(body as Job).length).toBeGreaterThan(5);
      // The monitor reports in order: once it has reported this, it has reported all before.
      await redis.echo(id);
      await eventually(() => expect(commands).toContainEqual(['echo', id]));
      const read = JSON.stringify({ id, tenant: 'open', summary: false });
      expect(commands.filter((args) => args.length === 5 && args[4] === read)).toHaveLength(2);
    } finally {
      spy.disconnect();
      redis.disconnect();
    }
  });
});

describe('who shares the call of an identical job', () => {
  test('follows the same cards under the same numbers while they are made, and reads the same state', async () => {
    const text = numbered('sharing');
    const leader = await pair.submit({ text });
    const follower = await pair.submit({ text });
    expect(follower.cache).toBe('collapsed');
    const [first, second] = await Promise.all([follow(leader.id), follow(follower.id, '', {}, 1)]);
    await second.first('card');
    expect(second.of('done')).toHaveLength(0);
    const read = await pair.call('GET', `/v1/jobs/${follower.id}`);
    expect(read.body).toMatchObject({ status: 'running', cache: 'collapsed', usage: { cost_usd: 0 } });
    expect((await pair.call('GET', '/v1/jobs?status=running')).text).toContain(follower.id);
    await Promise.all([first.done, second.done]);
    expect(numbersOf(second)).toEqual(numbersOf(first));
    expect(idsOf(second)).toEqual(idsOf(first));
    const done = second.seen.at(-1);
    expect(done).toMatchObject({ type: 'done', data: { id: follower.id, status: 'completed', cache: 'collapsed' } });
    expect((await pair.call('GET', `/v1/jobs/${follower.id}`)).headers.get('etag')).toBe(`"${done?.number}"`);
  });

  test('gets each event in a long-poll too', async () => {
    const text = numbered('long-polls');
    await pair.submit({ text });
    const follower = await pair.submit({ text });
    let etag = '"1"';
    const tags: number[] = [];
    for (let job = follower; job.status !== 'completed';) {
      const start = Date.now();
      const answer = await pair.call('GET', `/v1/jobs/${follower.id}?wait=10`, undefined, { 'If-None-Match': etag });
      expect(Date.now() - start).toBeLessThan(4_000);
      expect(answer.status).toBe(200);
      etag = answer.headers.get('etag') ?? '';
      tags.push(Number(etag.replace(/"/g, '')));
      job = answer.body as Job;
    }
    expect(tags.length).toBeGreaterThan(3);
    expect([...tags].sort((a, b) => a - b)).toEqual(tags);
  });

  test('goes on under growing numbers with the cards so far when that job is canceled, and each card comes once', async () => {
    const text = numbered('taking over');
    const leader = await pair.submit({ text });
    const follower = await pair.submit({ text });
    const stream = await follow(follower.id);
    await stream.first('card');
    await pair.call('POST', `/v1/jobs/${leader.id}/cancel`);
    await stream.done;
    const job = (await pair.call('GET', `/v1/jobs/${follower.id}`)).body as Job;
    expect(job).toMatchObject({ status: 'completed', cache: 'miss' });
    expect(byId(stream.of('card').map(({ data }) => data))).toEqual(byId(deckOf(job)));
    expect(numbersOf(stream)).toEqual(stream.seen.map((_event, i) => i + 1));
  });
});

describe('the cards so far', () => {
  test('are read while the job runs, after any number, and are the deck in the end', async () => {
    const { id } = await pair.submit({ text: `${CHINESE}这是关于读卡片的笔记。` });
    const read = async (after: number) => {
      const answer = await pair.call('GET', `/v1/jobs/${id}/cards?after=${after}`);
      expect(answer.status).toBe(200);
      return {
        cards: (answer.body as { cards: Card[] }).cards,
        last: Number(answer.headers.get('etag')?.slice(1, -1)),
      };
    };
    const cards: Card[] = [];
    let last = 0;
    let reads = 0;
    await eventually(async () => {
      const page = await read(last);
      if (page.cards.length > 0) reads += 1;
      cards.push(...page.cards);
      last = page.last;
      expect((await pair.call('GET', `/v1/jobs/${id}`)).body).toMatchObject({ status: 'completed' });
    });
    cards.push(...(await read(last)).cards);
    expect(reads).toBeGreaterThan(1);
    const job = await pair.ended(id);
    expect(byId(cards)).toEqual(byId(deckOf(job)));
    expect((await pair.call('GET', `/v1/jobs/${id}/cards`)).body).toEqual(job.result?.deck);
  });
});

describe('a replica', () => {
  test('that drains ends its streams, and the job goes on at another one', async () => {
    const api = await pair.addApi();
    const { id } = await pair.submit({ text: numbered('draining') });
    const stream = await Follower.start(`${api.url}/v1/jobs/${id}/events`);
    await stream.first('status');
    expect(await api.stop('SIGTERM')).toBe(0);
    await stream.done;
    expect([stream.ended, stream.of('done')]).toEqual([true, []]);
    const other = await follow(id, '', { 'Last-Event-ID': String(numbersOf(stream).at(-1)) });
    await other.done;
    expect(other.seen.at(-1)).toMatchObject({ type: 'done', data: { status: 'completed' } });
  });

  test('refuses a stream past the most it may hold, and takes one when another has left', async () => {
    const api = await pair.addApi({ MAX_STREAMS: 1 });
    const { id } = await pair.submit({ text: numbered('many streams') });
    const first = await Follower.start(`${api.url}/v1/jobs/${id}/events`);
    const refused = await pair.call('GET', `/v1/jobs/${id}/events`, undefined, {}, api.url);
    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    first.hangUp();
    await eventually(async () => {
      const again = await Follower.start(`${api.url}/v1/jobs/${id}/events`);
      again.hangUp();
      expect(again.status).toBe(200);
    });
    expect(await pair.ended(id)).toMatchObject({ status: 'completed' });
  });

  test('has one subscription, however many follow, and counts its streams', async () => {
    const jobs = await Promise.all([1, 2, 3].map((i) => pair.submit({ text: numbered(`subscription ${i}`) })));
    const streams = await Promise.all(jobs.flatMap(({ id }) => [follow(id), follow(id), follow(id)]));
    const metrics = await (await fetch(`${pair.apis[0]?.opsUrl}/metrics`)).text();
    expect(metrics).toMatch(/flashcards_event_streams_open\{[^}]*\} 9/);
    streams[0]?.hangUp();
    await Promise.all(streams.map(({ done }) => done));
    const workers = await Promise.all(
      pair.workers.map(async ({ opsUrl }) => (await fetch(`${opsUrl}/metrics`)).text()),
    );
    expect(workers.join('\n')).toMatch(/flashcards_events_appended_total\{type="card"[^}]*\} [1-9]/);
    for (const { id } of jobs) expect((await pair.ended(id)).status).toBe('completed');
  });
});

describe('a job whose cards come all at once', () => {
  test('has them with its end, and costs Redis no command for them', async () => {
    const quick = await Pair.start({ workers: 1, settings: { MODEL: 'standin/canned' } });
    try {
      const jobs = await Promise.all(
        Array.from({ length: 50 }, (_none, i) => quick.finished({ text: `${ENGLISH} This is note ${i}.` })),
      );
      const { opsUrl, url } = { opsUrl: quick.workers[0]?.opsUrl, url: quick.url };
      const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
      expect(metrics).toMatch(/flashcards_cards_kept_total\{[^}]*\} [1-9]/);
      expect(metrics).toMatch(/flashcards_events_appended_total\{type="card"[^}]*\} 0\n/);
      const [job] = jobs as [Job];
      const stream = await Follower.start(`${url}/v1/jobs/${job.id}/events`);
      await stream.done;
      expect(stream.of('card').map(({ data }) => data)).toEqual(deckOf(job));
      expect(numbersOf(stream)).toEqual(stream.seen.map((_event, i) => i + 1));
      // A log of its own would be a copy of the deck: only the start is in it.
      expect(await quick.redis.command('LRANGE', `{flashcards}:events:${job.id}`, '0', '-1')).toEqual(['s:running']);
    } finally {
      await quick.close();
    }
  }, 30_000);
});
