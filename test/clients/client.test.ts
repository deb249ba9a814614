import {
  ApiError,
  type BatchItem,
  type CardEdit,
  type ClientOptions,
  ConnectionError,
  DEFAULT_OPTIONS,
  Flashcards,
  type FileOptions,
  type FollowOptions,
  type JobEvent,
  type JobsQuery,
  type Options,
  type Replacement,
  type SubmitOptions,
  type SubmitRequest,
  type UsageQuery,
  type WaitOptions,
  WaitTimeoutError,
} from '@flashcards/client';
import { type Cut, CuttingProxy } from '../harness/servers/cutting-proxy';
import { Pair } from '../harness/stack/pair';
import { CHINESE, ENGLISH } from '../harness/texts';

let pair: Pair;
jest.setTimeout(60_000);
const proxies: CuttingProxy[] = [];
beforeAll(async () => {
  pair = await Pair.start();
});
afterEach(() => proxies.splice(0).forEach((proxy) => proxy.close()));
afterAll(() => pair.close());

const client = (options: { baseUrl?: string; retries?: number; timeoutSeconds?: number } = {}) =>
  new Flashcards({ baseUrl: pair.url, ...options });
async function behind(cutOf: (method: string, url: string, count: number) => Cut, bytes?: number) {
  const proxy = await new CuttingProxy(pair.url, cutOf, bytes).start();
  proxies.push(proxy);
  return proxy;
}
/** A model that takes so long. */
const slowly = (ms: number) =>
  fetch(`${pair.standin.controlUrl}/config`, {
    method: 'PUT',
    body: JSON.stringify({ latency_ms: ms }),
    headers: { 'Content-Type': 'application/json' },
  });
async function collect(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const all = [];
  for await (const event of events) all.push(event);
  return all;
}

test('a text becomes a deck in one call, each card with its place in the text', async () => {
  const changes: string[] = [];
  const job = await client().make(
    { text: CHINESE, options: { cards: 5 } },
    { onChange: (now) => changes.push(now.status) },
  );
  expect(job.status).toBe('completed');
  const cards = job.result?.deck.cards ?? [];
  expect(cards).toHaveLength(5);
  for (const card of cards) expect(CHINESE.slice(card.start, card.end)).toBe(card.quote);
  expect(await client().deck(job.id)).toEqual(job.result?.deck);
  expect(changes.at(-1)).toBe('completed');
  const { bytes, name } = await client().cards(job.id, 'json');
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(job.result?.deck);
  expect(name).toMatch(/\.json$/);
});

/** Every optional field of an input, undefined: one that is added to the client has to be listed here. */
type Unset<Input> = {
  readonly [Field in keyof Input as object extends Pick<Input, Field> ? Field : never]-?: undefined;
};

test('a field that is undefined counts as one that was left out', async () => {
  const connection: Omit<Unset<ClientOptions>, 'baseUrl'> = {
    ...{ apiKey: undefined, fetch: undefined, retries: undefined, timeoutSeconds: undefined },
  };
  const own = new Flashcards({ baseUrl: pair.url, ...connection });
  const options: Unset<Options> = {
    ...{ cards: undefined, types: undefined, language: undefined, difficulty: undefined, answer_length: undefined },
    ...{ focus: undefined, title: undefined, tags: undefined, model: undefined },
  };
  const request: Omit<Unset<SubmitRequest>, 'options'> = {
    ...{ webhook: undefined, priority: undefined, deadline_seconds: undefined, metadata: undefined },
  };
  const submit: Unset<SubmitOptions> = {
    ...{ signal: undefined, idempotencyKey: undefined, waitSeconds: undefined, cache: undefined },
  };
  const wait: Unset<WaitOptions> = { signal: undefined, timeoutSeconds: undefined, onChange: undefined };
  const follow: Unset<FollowOptions> = { signal: undefined, after: undefined };
  const text = `${CHINESE} 未填。`;
  const job = await own.make({ ...request, text, options }, { ...submit, ...wait });
  expect([job.status, job.progress.cards_wanted, job.metadata]).toEqual(['completed', DEFAULT_OPTIONS.cards, {}]);
  const item: Omit<Unset<BatchItem>, 'options'> = { ...request, idempotency_key: undefined };
  const [outcome] = await own.batch([{ ...item, text, options }]);
  expect(outcome?.job?.cache).toBe('hit');
  expect((await collect(own.stream(job.id, follow))).at(-1)?.type).toBe('done');
  const list: Unset<JobsQuery> = { status: undefined, limit: undefined, cursor: undefined };
  expect((await own.jobs(list)).jobs.map(({ id }) => id)).toContain(job.id);
  const usage: Unset<UsageQuery> = { days: undefined };
  expect((await own.usage(usage)).days).toHaveLength(1);
  const file: Unset<FileOptions> = {
    ...{ bom: undefined, formula_guard: undefined, deck: undefined, type: undefined, notetype: undefined },
  };
  expect((await own.cards(job.id, 'json', file)).name).toMatch(/\.json$/);
  const card = job.result?.deck.cards[0]?.id ?? '';
  const edit: Omit<Unset<CardEdit>, 'review'> = {
    ...{ front: undefined, back: undefined, choices: undefined, tags: undefined },
  };
  expect(await own.changeCard(job.id, card, { ...edit, review: 'accepted' })).toMatchObject({ review: 'accepted' });
  const replacement: Unset<Replacement> = { text: undefined, focus: undefined };
  const other = await own.regenerateCard(job.id, card, { ...replacement, ...submit });
  expect((await own.wait(other.id, wait)).parent).toBe(job.id);
});

test('a submit whose answer is lost is repeated, and makes and pays one job', async () => {
  const before = await pair.ledger();
  const proxy = await behind((_method, _url, count) => (count === 1 ? 'drop-answer' : 'pass'));
  const job = await client({ baseUrl: proxy.url }).submit({ text: `${ENGLISH} Once.` }, { cache: 'no-store' });
  expect(proxy.seen).toHaveLength(2);
  expect(new Set(proxy.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  await client().wait(job.id);
  // Without the key these would be two jobs: `no-store` shares nothing.
  const { jobs } = await client().jobs({ limit: 1 });
  expect(jobs[0]?.id).toBe(job.id);
  expect((await pair.ledger()).totals.calls).toBe(before.totals.calls + 1);
});

test('an answer that says when to come back is obeyed, and one that is days away is handed on at once', async () => {
  const proxy = await behind((_method, _url, count) =>
    count === 1 ? { status: 503, headers: { 'Retry-After': '1' } } : 'pass',
  );
  const start = performance.now();
  await client({ baseUrl: proxy.url }).queue();
  expect(performance.now() - start).toBeGreaterThan(950);
  const spent = await behind(() => ({ status: 429, headers: { 'Retry-After': '80000' } }));
  const refused = client({ baseUrl: spent.url }).queue();
  await expect(refused).rejects.toMatchObject({ name: 'ApiError', code: 'http_429', retryAfterSeconds: 80_000 });
  expect(spent.seen).toHaveLength(1);
});

test('a refused request is not repeated, and its error names every field', async () => {
  const proxy = await behind(() => 'pass');
  const error = await client({ baseUrl: proxy.url })
    .submit({ text: '', options: { cards: 900 } })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  const { code, errors, status } = error as ApiError;
  expect([code, status]).toEqual(['invalid_request', 422]);
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/options/cards', '/text']);
  expect(proxy.seen).toHaveLength(1);
});

test('where nobody listens the error says so, after the tries', async () => {
  const proxy = await behind(() => 'pass');
  proxy.close();
  const gone = client({ baseUrl: proxy.url, retries: 1 }).queue();
  await expect(gone).rejects.toThrow(ConnectionError);
  await expect(gone).rejects.toThrow(`Nothing answers at ${proxy.url}.`);
});

test('the key goes in the header of every request, asked for each time', async () => {
  const proxy = await behind(() => 'pass');
  let key = 'fck_one';
  const keyed = new Flashcards({ baseUrl: proxy.url, apiKey: () => key });
  await keyed.queue();
  key = 'fck_two';
  await keyed.queue();
  expect(proxy.seen.map(({ headers }) => headers['authorization'])).toEqual(['Bearer fck_one', 'Bearer fck_two']);
});

describe('with a slow model', () => {
  beforeAll(() => slowly(3_000));
  afterAll(() => slowly(0));

  test('wait gives up at its limit and says that the job goes on; the job does', async () => {
    const job = await client().submit({ text: `${ENGLISH} Limit.` });
    await expect(client().wait(job.id, { timeoutSeconds: 1 })).rejects.toThrow(WaitTimeoutError);
    expect((await client().wait(job.id)).status).toBe('completed');
  });

  test('wait and stream stop when their signal fires, and the job goes on', async () => {
    const job = await client().submit({ text: `${ENGLISH} Signal.` });
    const stop = AbortSignal.timeout(300);
    await expect(client().wait(job.id, { signal: stop })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(collect(client().stream(job.id, { signal: stop }))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await client().cancel(job.id)).status).toBe('canceled');
  });

  test('a followed job gives every card once and then its end', async () => {
    const job = await client().submit({ text: `${CHINESE} 跟随。`, options: { cards: 6 } });
    const events = await collect(client().stream(job.id));
    const ended = await client().job(job.id);
    const cardIds = events.flatMap((event) => (event.type === 'card' ? [event.data.id] : []));
    expect(cardIds.sort()).toEqual(ended.result?.deck.cards.map(({ id }) => id).sort());
    expect(events.at(-1)).toMatchObject({ type: 'done', data: { status: 'completed' } });
  });
});

test('erasing through a network that loses the answer still says that it is done', async () => {
  const job = await client().make({ text: `${ENGLISH} Erase.` });
  const proxy = await behind((_method, _url, count) => (count === 1 ? 'drop-answer' : 'pass'));
  await client({ baseUrl: proxy.url }).erase(job.id);
  await expect(client().job(job.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  await expect(client().erase(job.id)).rejects.toMatchObject({ status: 404 });
});

test('a stream that is cut is taken up where it stopped: every event once, in order', async () => {
  const job = await client().submit({ text: `${CHINESE} 断流。`, options: { cards: 8 } });
  const proxy = await behind((_method, url) => (url.endsWith('/events') ? 'cut-body' : 'pass'), 2_000);
  const events = await collect(client({ baseUrl: proxy.url }).stream(job.id));
  const streams = proxy.seen.filter(({ url }) => url.endsWith('/events'));
  expect(streams.length).toBeGreaterThanOrEqual(2);
  expect(streams.slice(1).every(({ headers }) => Number(headers['last-event-id']) > 0)).toBe(true);
  const numbers = events.map(({ sequence }) => sequence ?? 0);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  const cardIds = events.flatMap((event) => (event.type === 'card' ? [event.data.id] : []));
  const ended = await client().job(job.id);
  expect(cardIds.sort()).toEqual(ended.result?.deck.cards.map(({ id }) => id).sort());
  expect(events.at(-1)?.type).toBe('done');
});

test('where no stream gets through, the same events come by polling', async () => {
  const job = await client().submit({ text: `${CHINESE} 轮询。`, options: { cards: 4 } });
  const proxy = await behind((_method, url) => (url.endsWith('/events') ? { status: 405 } : 'pass'));
  const events = await collect(client({ baseUrl: proxy.url }).stream(job.id));
  const ended = await client().job(job.id);
  const cardIds = events.flatMap((event) => (event.type === 'card' ? [event.data.id] : []));
  expect(cardIds.sort()).toEqual(ended.result?.deck.cards.map(({ id }) => id).sort());
  expect(events.at(-1)).toMatchObject({ type: 'done', data: { status: 'completed' } });
});

test('a stream that never brings a whole event is given up for polling', async () => {
  const job = await client().make({ text: `${CHINESE} 只言片语。`, options: { cards: 3 } });
  const proxy = await behind((_method, url) => (url.endsWith('/events') ? 'cut-body' : 'pass'), 20);
  const events = await collect(client({ baseUrl: proxy.url }).stream(job.id));
  expect(events.filter(({ type }) => type === 'card')).toHaveLength(3);
  expect(events.at(-1)?.type).toBe('done');
});
