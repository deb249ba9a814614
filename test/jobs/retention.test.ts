import type { Job } from '@flashcards/shared/contract/job';
import { contentsOf } from '../harness/redis/contents';
import { eventually } from '../harness/eventually';
import { Follower } from '../harness/stack/follow';
import { Pair } from '../harness/stack/pair';

const MARK = 'quokkaland';
/** Each sentence has the mark, so that each card of it has. */
const marked = (what: string): string =>
  [
    'Quokkaland is the island where the first quokka was described.',
    'The Quokkaland treaty is the law that protects the animals of the island.',
    'The Quokkaland lagoon is a shallow lake that is cut off from the sea by a reef.',
    'Quokkaland fever is a disease that was found in 1921 by Ada Mills.',
    `The Quokkaland census is a count of the ${what} animals that is taken every 12 years.`,
  ].join(' ');

const holding = (contents: Map<string, string>, word: string): string[] =>
  [...contents]
    .filter(([key, text]) => `${key} ${text}`.toLowerCase().includes(word.toLowerCase()))
    .map(([key]) => key);

describe('what is kept', () => {
  let pair: Pair;
  beforeAll(async () => {
    const settings = { MODEL: 'standin/extractive-800ms', RESULT_SECONDS: 3, FAILED_TEXT_SECONDS: 1 };
    pair = await Pair.start({ workers: 1, settings });
  }, 30_000);
  afterAll(() => pair.close());

  test('the text goes when the job ends, and all the rest by itself on an idle queue, a result’s life later', async () => {
    const headers = { 'Cache-Control': 'no-store' };
    const running = await pair.submit({ text: marked('running') }, headers);
    const stream = await Follower.start(`${pair.url}/v1/jobs/${running.id}/events`);
    await stream.first('card');
    const during = await contentsOf(pair.redis.url);
    expect(holding(during, MARK)).toEqual(
      expect.arrayContaining([`{flashcards}:text:${running.id}`, `{flashcards}:events:${running.id}`]),
    );
    const canceled = await pair.submit({ text: marked('canceled') }, headers);
    await (await Follower.start(`${pair.url}/v1/jobs/${canceled.id}/events`)).first('card');
    await pair.call('POST', `/v1/jobs/${canceled.id}/cancel`);
    await pair.ended(running.id);
    await pair.script('400');
    const failed = await pair.finished({ text: marked('failing') }, headers);
    expect(failed.status).toBe('failed');

    const after = await contentsOf(pair.redis.url);
    for (const { id } of [running, canceled]) expect([...after.keys()]).not.toContain(`{flashcards}:text:${id}`);
    expect([...after.keys()]).toContain(`{flashcards}:text:${failed.id}`);
    // Of a deck each card is there once: in the result.
    expect(after.get(`{flashcards}:events:${running.id}`)).not.toContain('front');

    // Nothing of ours is at work any more.
    await Promise.all([...pair.workers, ...pair.apis].map((service) => service.stop('SIGKILL')));
    const left = await eventually(async () => {
      const contents = await contentsOf(pair.redis.url);
      expect(holding(contents, MARK)).toEqual([]);
      expect([...contents.keys()].filter((key) => /:(job|text|events):/.test(key))).toEqual([]);
      return contents;
    });
    for (const { id } of [running, canceled, failed] as Job[])
      expect(left.get(`{flashcards}:tomb:${id}`)).toMatch(/^"(completed|canceled|failed) open \d+ \d+"$/);
  }, 30_000);
});

describe('an erased job', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start({ workers: 1, settings: { MODEL: 'standin/extractive-1000ms' } });
  }, 30_000);
  afterAll(() => pair.close());

  const expectGone = async (id: string): Promise<void> => {
    expect((await pair.call('GET', `/v1/jobs/${id}`)).status).toBe(404);
    expect((await pair.call('GET', `/v1/jobs/${id}/events`)).status).toBe(404);
    expect((await pair.call('GET', `/v1/jobs/${id}/cards`)).status).toBe(404);
    await eventually(async () => {
      const contents = await contentsOf(pair.redis.url);
      expect(holding(contents, MARK)).toEqual([]);
      expect(holding(contents, id)).toEqual([`{flashcards}:tomb:${id}`]);
      expect(contents.get(`{flashcards}:tomb:${id}`)).toMatch(/^"erased open \d+ \d+"$/);
    });
  };
  const erase = async (id: string) => expect((await pair.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);

  test('that had completed leaves a tombstone and nothing else, the cached deck included', async () => {
    const { id } = await pair.finished({ text: marked('cached'), metadata: { place: MARK } });
    expect(holding(await contentsOf(pair.redis.url), MARK).join(' ')).toContain(':cache:');
    await erase(id);
    await expectGone(id);
  }, 15_000);

  test('that ran leaves nothing either, its stream ends, and nothing of it comes back', async () => {
    const { id } = await pair.submit({ text: marked('running'), metadata: { place: MARK } });
    const stream = await Follower.start(`${pair.url}/v1/jobs/${id}/events`);
    await stream.first('card');
    await erase(id);
    await stream.done;
    expect([stream.ended, stream.of('done')]).toEqual([true, []]);
    await expectGone(id);
    await eventually(async () => expect((await pair.ledger()).totals.aborted).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await expectGone(id);
  }, 15_000);

  test('whose key is repeated is 410, and not paid twice', async () => {
    const headers = { 'Idempotency-Key': 'erase me' };
    const { id } = await pair.finished({ text: marked('repeated') }, headers);
    await erase(id);
    const calls = (await pair.ledger()).totals.calls;
    expect(await pair.call('POST', '/v1/jobs', { text: marked('repeated') }, headers)).toMatchObject({ status: 410 });
    expect((await pair.ledger()).totals.calls).toBe(calls);
  });
});
