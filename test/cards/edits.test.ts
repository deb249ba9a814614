import { Redis } from 'ioredis';
import type { Card } from '@flashcards/shared/contract/deck';
import { type Job, jobSchema } from '@flashcards/shared/contract/job';
import { Collection, openPackage } from '../harness/readers/anki';
import type { Called } from '../harness/stack/calls';
import { Pair } from '../harness/stack/pair';
import { CHINESE, ENGLISH } from '../harness/texts';

// A busy machine is slow to start processes.
jest.setTimeout(60_000);

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2 });
}, 60_000);
afterAll(() => pair.close());

let made = 0;
const finished = (options: object = {}): Promise<Job> =>
  pair.finished({ text: `${ENGLISH} Edition ${(made += 1)}.`, options: { types: ['basic'], ...options } });
const cardsOf = (job: Job): readonly Card[] => job.result?.deck.cards ?? [];
const first = (job: Job): Card => cardsOf(job)[0] as Card;
const read = async (id: string): Promise<Job> => (await pair.call('GET', `/v1/jobs/${id}`)).body as Job;
const patch = (id: string, card: string, edit: unknown, url?: string): Promise<Called> =>
  pair.call('PATCH', `/v1/jobs/${id}/cards/${card}`, edit, {}, url);
const apkg = async (id: string) => {
  const response = await fetch(`${pair.url}/v1/jobs/${id}/cards?format=apkg`);
  return openPackage(new Uint8Array(await response.arrayBuffer()));
};
const counter = async (line: string): Promise<number> => {
  const pages = await Promise.all(pair.apis.map(async ({ opsUrl }) => (await fetch(`${opsUrl}/metrics`)).text()));
  const values = pages.map((page) => new RegExp(`^flashcards_${line} (\\d+)`, 'm').exec(page)?.[1]);
  return values.reduce((sum, value) => sum + Number(value ?? 0), 0);
};

describe('a card that is edited', () => {
  test('is changed for everyone who reads it, keeps its id and its quote, and moves the ETag', async () => {
    const job = await finished();
    const card = first(job);
    const before = await pair.call('GET', `/v1/jobs/${job.id}`);
    const answer = await patch(job.id, card.id, { front: 'What is “plate tectonics”?', tags: ['地质', 'mine'] });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ...card, front: 'What is “plate tectonics”?', tags: ['地质', 'mine'] });
    const after = await pair.call('GET', `/v1/jobs/${job.id}`, undefined, {}, pair.apis[1]?.url);
    expect(after.headers.get('etag')).toBe(answer.headers.get('etag'));
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    expect(first(after.body as Job)).toEqual(answer.body);
    expect(jobSchema.validate(after.body).error).toBeUndefined();
  });

  test('wakes who waits for the next event of its job', async () => {
    const job = await finished();
    const known = (await pair.call('GET', `/v1/jobs/${job.id}`)).headers.get('etag') as string;
    await patch(job.id, first(job).id, { front: 'Other?' });
    const waited = await pair.call('GET', `/v1/jobs/${job.id}?wait=20`, undefined, { 'If-None-Match': known });
    expect([waited.status, first(waited.body as Job).front]).toEqual([200, 'Other?']);
  });

  test('imports into Anki as an update of its note, with the same GUID and a newer time', async () => {
    const job = await finished();
    const collection = new Collection();
    const notes = cardsOf(job).length;
    expect(collection.import(await apkg(job.id))).toMatchObject({ new: notes });
    await patch(job.id, first(job).id, { back: 'Edited answer' });
    expect(collection.import(await apkg(job.id))).toEqual({ new: 0, updated: 1, duplicate: notes - 1, conflicting: 0 });
    await patch(job.id, first(job).id, { back: 'Edited again' });
    expect(collection.import(await apkg(job.id))).toMatchObject({ updated: 1 });
    expect([...collection.notes.values()].map(({ fields }) => fields[1])).toContain('Edited again');
  });

  test('is left out of files when it is rejected, and comes back when that is taken back', async () => {
    const job = await finished();
    const { id } = first(job);
    const inFile = async () => ((await pair.call('GET', `/v1/jobs/${job.id}/cards`)).body as { cards: Card[] }).cards.map((card) => card.id); // prettier-ignore
    expect((await patch(job.id, id, { review: 'rejected' })).body).toMatchObject({ id, review: 'rejected' });
    expect(await inFile()).toEqual(cardsOf(job).map((card) => card.id).filter((one) => one !== id)); // prettier-ignore
    expect((await apkg(job.id)).notes).toHaveLength(cardsOf(job).length - 1);
    expect(first(await read(job.id)).review).toBe('rejected');
    await patch(job.id, id, { review: null });
    expect(await inFile()).toContain(id);
  });

  test('stays as it was for who asks for the same deck again', async () => {
    const body = { text: CHINESE, options: { types: ['basic'] } };
    const job = await pair.finished(body);
    await patch(job.id, first(job).id, { front: '改过的问题？', review: 'rejected' });
    const again = await pair.finished(body);
    expect([again.cache, first(again)]).toEqual(['hit', first(job)]);
    expect(first(await read(job.id)).front).toBe('改过的问题？');
  });

  test('has all of what was changed at the same time', async () => {
    const job = await finished();
    const edits = [{ front: 'Front?' }, { back: 'Back' }, { tags: ['both'] }, { review: 'accepted' }];
    const answers = await Promise.all(
      cardsOf(job).flatMap(({ id }) => edits.map((edit, i) => patch(job.id, id, edit, pair.apis[i % 2]?.url))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const card of cardsOf(await read(job.id)))
      expect(card).toMatchObject({ front: 'Front?', back: 'Back', tags: ['both'], review: 'accepted' });
  });

  test('lives as long as its job, and not longer', async () => {
    const job = await finished();
    const redis = new Redis(pair.redis.url);
    const key = `{flashcards}:job:${job.id}`;
    await redis.expire(key, 100);
    await patch(job.id, first(job).id, { front: 'Other?' });
    const seconds = await redis.ttl(key);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(100);
    expect((await pair.call('DELETE', `/v1/jobs/${job.id}`)).status).toBe(204);
    expect(await patch(job.id, first(job).id, { front: 'Back from the dead?' })).toMatchObject({ status: 404 });
    expect(await redis.exists(key)).toBe(0);
    redis.disconnect();
  });

  test('counts towards the acceptance rate, once however often it is said', async () => {
    const job = await finished();
    const [one, two, three] = cardsOf(job) as [Card, Card, Card];
    const verdicts = ['accepted', 'accepted_rewritten', 'rejected'] as const;
    const counted = () => Promise.all(verdicts.map((verdict) => counter(`cards_reviewed_total\\{verdict="${verdict}".*\\}`))); // prettier-ignore
    const before = await counted();
    await patch(job.id, one.id, { review: 'accepted' });
    await patch(job.id, one.id, { review: 'accepted' });
    await patch(job.id, two.id, { front: 'Better?', review: 'accepted' });
    await patch(job.id, three.id, { review: 'rejected' });
    expect((await counted()).map((count, i) => count - (before[i] as number))).toEqual([1, 1, 1]);
  });

  test.each([
    ['unknown fields', { quote: 'x', id: 'y' }, ['/quote', '/id']],
    ['hidden words in a question', { front: 'What is {{c1::x}}?' }, ['/front']],
    ['nothing', {}, ['']],
  ])('is not changed by %s, which are named', async (_what, edit, pointers) => {
    const job = await finished();
    const { status, body } = await patch(job.id, first(job).id, edit);
    expect(status).toBe(422);
    expect((body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers].sort()); // prettier-ignore
    expect(first(await read(job.id))).toEqual(first(job));
  });

  test('has to be there: no card, no deck and no job are told apart', async () => {
    const job = await finished();
    const failed = await pair.finished({ text: '好' });
    const status = async (id: string, card: string) => (await patch(id, card, { review: 'accepted' })).status;
    expect(await status(job.id, 'c_ffffffffffff')).toBe(404);
    expect(await status(failed.id, 'c_ffffffffffff')).toBe(409);
    expect(await status('nosuchjob', 'c_ffffffffffff')).toBe(404);
  });
});

describe('a card that is regenerated', () => {
  const regenerate = (id: string, card: string, body?: unknown, headers: Record<string, string> = {}) =>
    pair.call('POST', `/v1/jobs/${id}/cards/${card}/regenerate`, body, headers);

  test('is an ordinary job with a parent, from the quote of the card, without a body', async () => {
    const job = await finished({ types: ['cloze'], tags: ['geo'] });
    const card = first(job);
    const answer = await regenerate(job.id, card.id);
    const made = answer.body as Job;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${made.id}`);
    expect(made).toMatchObject({ parent: job.id, progress: { cards_wanted: 1 }, cache: 'miss' });
    const ended = await pair.ended(made.id);
    expect(ended).toMatchObject({
      status: 'completed',
      parent: job.id,
      result: { deck: { title: job.result?.deck.title } },
    });
    expect(cardsOf(ended)).toHaveLength(1);
    expect(first(ended)).toMatchObject({
      type: 'cloze',
      quote: card.quote.slice(first(ended).start, first(ended).end),
    });
    expect(first(ended).tags).toContain('geo');
    expect(cardsOf(await read(job.id))).toEqual(cardsOf(job));
  });

  test('is made from a text that is sent again, to the offsets of that text', async () => {
    const text = `${ENGLISH} Edition ${made + 1}.`;
    const job = await finished();
    const ended = (await regenerate(job.id, first(job).id, { text, focus: 'shorter' }, { Prefer: 'wait=30' }))
      .body as Job;
    expect(ended.status).toBe('completed');
    expect(text.slice(first(ended).start, first(ended).end)).toBe(first(ended).quote);
  });

  test('never comes from the cache, and is one job however often its key is repeated', async () => {
    const job = await finished();
    const prefer = { Prefer: 'wait=30' };
    const [one, two] = [
      await regenerate(job.id, first(job).id, {}, prefer),
      await regenerate(job.id, first(job).id, {}, prefer),
    ];
    expect([(one.body as Job).cache, (two.body as Job).cache]).toEqual(['miss', 'miss']);
    expect((one.body as Job).id).not.toBe((two.body as Job).id);
    const key = { 'Idempotency-Key': 'again 1' };
    const repeats = [
      await regenerate(job.id, first(job).id, {}, key),
      await regenerate(job.id, first(job).id, {}, key),
    ];
    expect(new Set(repeats.map(({ body }) => (body as Job).id)).size).toBe(1);
    expect(repeats[1]?.headers.get('idempotent-replayed')).toBe('true');
  });

  test.each([
    ['an unknown field', { cards: 2 }, ['/cards']],
    ['a text that is too long', { text: 'x'.repeat(10_001) }, ['/text']],
  ])('is refused with %s', async (_what, body, pointers) => {
    const job = await finished();
    const answer = await regenerate(job.id, first(job).id, body);
    expect(answer.status).toBe(422);
    expect((answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('needs the card', async () => {
    const job = await finished();
    expect((await regenerate(job.id, 'c_ffffffffffff')).status).toBe(404);
  });
});
