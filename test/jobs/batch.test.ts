import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { ENGLISH, longChinese } from '../harness/texts';

interface Outcome {
  readonly status: number;
  readonly replayed: boolean;
  readonly job: Job | null;
  readonly problem: { code: string; errors?: { pointer: string }[]; retry_after_seconds?: number } | null;
}

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ settings: { RATE_LIMIT_PER_MINUTE: 0 } });
}, 30_000);
afterAll(() => pair.close());

const item = (name: string | number) => ({ text: `${ENGLISH} This is item ${name}.` });
const many = (count: number, name: string) => Array.from({ length: count }, (_none, i) => item(`${name} ${i}`));
const send = async (jobs: unknown, headers: Record<string, string> = {}, url = pair.url) => {
  const answer = await pair.call('POST', '/v1/jobs/batch', { jobs }, headers, url);
  return { ...answer, items: (answer.body as { items?: Outcome[] }).items ?? [] };
};

/** Repeats what a busy machine did not answer in its two seconds, under the same key, as clients should. */
const insist = (key: string, jobs: unknown, url = pair.url) =>
  eventually(async () => {
    const answer = await send(jobs, { 'Idempotency-Key': key }, url);
    expect(answer.status).toBe(200);
    return answer.items.map(({ problem }) => problem?.errors ?? problem?.code ?? 'taken');
  });

/** Every field there, and each as long as it may be. */
function fullItem(_none: unknown, i: number): object {
  const filled = (start: string | number, length: number): string => String(start) + '𠮷'.repeat(length - String(start).length); // prettier-ignore
  const sixteen = Array.from({ length: 16 }, (_other, n) => n);
  return {
    text: filled(`${i} `, 10_000),
    options: {
      cards: 50,
      types: ['basic', 'reversed', 'cloze', 'choice'],
      language: 'zh-Hans',
      difficulty: 'hard',
      answer_length: 'detailed',
      focus: filled('', 300),
      title: filled('', 200),
      tags: sixteen.map((n) => filled(n, 64)),
      model: 'standin/extractive',
    },
    webhook: {
      url: `https://example.com/${'a'.repeat(2_028)}`,
      events: ['job.completed', 'job.failed', 'job.canceled'],
    },
    priority: 'bulk',
    deadline_seconds: 86_400,
    metadata: Object.fromEntries(sixteen.map((n) => [filled(n, 64), filled('', 256)])),
    idempotency_key: `full ${i}`.padEnd(255),
  };
}

describe('a batch', () => {
  test('of 100 is 100 ordinary jobs, answered in the order of its items', async () => {
    const jobs = many(100, 'ordinary').map((job, i) => ({ ...job, metadata: { place: String(i) } }));
    const { status, items } = await send(jobs);
    expect(status).toBe(200);
    expect(items.map((one) => one.job?.metadata['place'])).toEqual(jobs.map((_job, i) => String(i)));
    expect(new Set(items.map((one) => one.status))).toEqual(new Set([202]));
    const ended = await Promise.all(items.map((one) => pair.ended((one.job as Job).id)));
    expect(new Set(ended.map((job) => job.status))).toEqual(new Set(['completed']));
  }, 30_000);

  test('with items that cannot be used says of each what is wrong with it, and takes the others', async () => {
    const { status, items } = await send([item('good'), { text: '' }, 7, { ...item('typo'), typo: 1 }, item('also')]);
    expect(status).toBe(200);
    expect(items.map((one) => one.status)).toEqual([202, 422, 422, 422, 202]);
    const pointers = items.map((one) => one.problem?.errors?.map(({ pointer }) => pointer));
    expect(pointers).toEqual([undefined, ['/jobs/1/text'], ['/jobs/2'], ['/jobs/3/typo'], undefined]);
    expect(items[1]).toMatchObject({ job: null, problem: { code: 'invalid_request', status: 422 } });
  });

  test('takes one unit of the limit an item, and those beyond get a 429 of their own', async () => {
    const limited = await pair.addApi({ RATE_LIMIT_PER_MINUTE: 7 });
    const { status, items, headers } = await send(many(10, 'limited'), {}, limited.url);
    expect(status).toBe(200);
    expect(items.map((one) => one.status)).toEqual([...Array<number>(7).fill(202), 429, 429, 429]);
    expect(items[9]?.problem).toMatchObject({ code: 'rate_limited', policy: 'submits' });
    expect(items[9]?.problem?.retry_after_seconds).toBeGreaterThanOrEqual(1);
    expect(headers.get('ratelimit')).toBe('"submits";r=0;t=60');
  });

  test('may be repeated with its key: the same jobs, and the ones that were refused are tried again', async () => {
    const headers = { 'Idempotency-Key': 'a batch' };
    const first = await send([item('kept'), { text: '' }, item('own')], headers);
    const again = await send([item('kept'), item('mended'), item('own')], headers);
    expect(again.items.map((one) => one.replayed)).toEqual([true, false, true]);
    expect(again.items[0]?.job?.id).toBe(first.items[0]?.job?.id);
    expect(again.items.map((one) => Math.floor(one.status / 100))).toEqual([2, 2, 2]);
  });

  test('has keys of its items too, which a single submit may repeat', async () => {
    const keyed = { ...item('keyed'), idempotency_key: 'mine' };
    const { items } = await send([keyed, keyed, { ...item('other'), idempotency_key: 'mine' }]);
    expect(items.map((one) => [one.status === 422, one.replayed])).toEqual([[false, false], [false, true], [true, false]]); // prettier-ignore
    expect(items[2]?.problem?.code).toBe('idempotency_mismatch');
    const single = await pair.call('POST', '/v1/jobs', item('keyed'), { 'Idempotency-Key': 'mine' });
    expect((single.body as Job).id).toBe(items[0]?.job?.id);
  });

  test.each([
    ['none', []],
    ['101', Array.from({ length: 101 }, (_none, i) => item(i))],
    ['no list', { text: 'a' }],
  ])('of %s is refused as a whole', async (_what, jobs) => {
    const { status, body } = await send(jobs);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/jobs' }] });
  });

  test('of 100 with every field full is taken', async () => {
    const hooked = await pair.addApi({ WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}` });
    expect(await insist('full', Array.from({ length: 100 }, fullItem), hooked.url)).toEqual(Array(100).fill('taken'));
  }, 60_000);

  test('may have 8 MiB and no more', async () => {
    const text = longChinese(10_000);
    const jobs = Array.from({ length: 100 }, (_none, i) => ({ text: `${i}${text.slice(4)}` }));
    expect(await insist('8 MiB', jobs)).toEqual(Array(100).fill('taken'));
    expect((await send([{ text: 'a'.repeat(8 * 1_024 * 1_024) }])).status).toBe(413);
  }, 60_000);

  test('is one 503 when Redis is away: nothing is known of any item', async () => {
    await pair.redis.stop();
    const { status, body } = await send(many(3, 'away'), { 'Idempotency-Key': 'away' });
    await pair.redis.start();
    expect([status, (body as { code: string }).code]).toEqual([503, 'queue_unavailable']);
  }, 20_000);
});
