import { Redis } from 'ioredis';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(120_000);
const PRICE = '0.15,0.6';
let pair: Pair;
let redis: Redis;
beforeAll(async () => {
  pair = await Pair.start({
    apis: 2,
    workers: 2,
    settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, MODEL_MAX_PRICE: PRICE },
  });
  redis = new Redis(pair.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await pair.close();
});

/** A tenant with limits of its own. */
async function tenant(name: string, ...limits: string[]): Promise<MadeKey> {
  const key = await makeKey(pair, name);
  if (limits.length > 0) await keysCommand(pair, ['limits', '--tenant', name, ...limits]);
  return key;
}

let count = 0;
const fresh = () => ({ text: `${ENGLISH} Note ${(count += 1)} is a note.`, options: { cards: 3 } });
const post = (key: MadeKey, body: object = fresh(), api = 0) =>
  pair.call('POST', '/v1/jobs', body, bearer(key), pair.apis[api]?.url);

/** A 503 means unknown: it is repeated with its key, as the documentation says. */
async function surely(key: MadeKey, i: number) {
  const body = fresh();
  const headers = { ...bearer(key), 'Idempotency-Key': `one of many ${i}` };
  return eventually(async () => {
    const answer = await pair.call('POST', '/v1/jobs', body, headers, pair.apis[i % 2]?.url);
    expect(answer.status).not.toBe(503);
    return answer;
  }, 60_000);
}

interface Usage {
  days: {
    jobs: number;
    cards: number;
    cache_hits: number;
    input_tokens: number;
    output_tokens: number;
    cost_usd: number;
  }[];
  reserved: { open_jobs: number; tokens: number; cost_usd: number };
  left: Record<string, number | null>;
}
const usage = async (key: MadeKey): Promise<Usage> =>
  (await pair.call('GET', '/v1/usage', undefined, bearer(key))).body as Usage;
const free = { open_jobs: 0, tokens: 0, cost_usd: 0 };

const script = (...scenarios: string[]) =>
  fetch(`${pair.standin.controlUrl}/script`, { method: 'POST', body: JSON.stringify({ scenarios }) });
const reset = () => fetch(`${pair.standin.controlUrl}/reset`, { method: 'POST' });
afterEach(reset);

test('1,000 submits at once over two replicas overspend a budget by nothing', async () => {
  const ann = await tenant('ann', '--usd-per-day', '0.1');
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_none, i) => surely(ann, i)));
  const accepted = answers.filter(({ status }) => status < 300);
  const refused = answers.filter(({ status }) => status === 429);
  expect(accepted.length).toBeGreaterThan(3);
  expect(accepted.length + refused.length).toBe(1_000);
  expect(refused[0]?.body).toMatchObject({ code: 'budget_exceeded', policy: 'cost-day' });
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
  await eventually(async () => expect((await usage(ann)).reserved).toEqual(free), 60_000);
  const { days, left } = await usage(ann);
  expect(days[0]?.jobs).toBe(accepted.length);
  expect(days[0]?.cost_usd).toBeGreaterThan(0);
  expect(days[0]?.cost_usd).toBeLessThanOrEqual(0.1);
  expect(left['usd_per_day']).toBeCloseTo(0.1 - (days[0]?.cost_usd as number), 9);
});

test('what a job used is counted to the last token, and what was reserved is free again', async () => {
  const bob = await tenant('bob', '--usd-per-day', '1', '--tokens-per-day', '10000000');
  const jobs: Job[] = [];
  for (let i = 0; i < 3; i += 1) jobs.push(await pair.finished(fresh(), bearer(bob)));
  const sum = (pick: (job: Job) => number) => jobs.reduce((all, job) => all + pick(job), 0);
  const { days, reserved } = await usage(bob);
  expect(reserved).toEqual(free);
  expect(days[0]).toMatchObject({
    jobs: 3,
    cards: sum(({ result }) => result?.kept ?? 0),
    input_tokens: sum((job) => job.usage.input_tokens),
    output_tokens: sum((job) => job.usage.output_tokens),
  });
  expect(days[0]?.cost_usd).toBeCloseTo(
    sum((job) => job.usage.cost_usd ?? 0),
    7,
  );
});

test('a job that is canceled while it waits costs nothing, and one that is canceled while it runs what was reserved', async () => {
  const carl = await tenant('carl', '--usd-per-day', '1');
  await script('hang_before_headers');
  const running = (await post(carl)).body as Job;
  await eventually(async () => {
    expect((await pair.call('GET', `/v1/jobs/${running.id}`, undefined, bearer(carl))).body).toMatchObject({
      status: 'running',
    });
  });
  const { cost_usd } = (await usage(carl)).reserved;
  expect(cost_usd).toBeGreaterThan(0);
  await pair.call('POST', `/v1/jobs/${running.id}/cancel`, undefined, bearer(carl));
  expect((await usage(carl)).reserved).toEqual(free);
  expect((await usage(carl)).days[0]?.cost_usd).toBeCloseTo(cost_usd, 9);
});

test('when the bill of a canceled job comes after all, the budget gets back what was reserved too much', async () => {
  const ira = await tenant('ira', '--usd-per-day', '1');
  await script('stall', 'stall', 'stall');
  const running = (await post(ira)).body as Job;
  const read = async () => (await pair.call('GET', `/v1/jobs/${running.id}`, undefined, bearer(ira))).body as Job;
  await eventually(async () => expect((await read()).progress.cards).toBeGreaterThan(0));
  const { cost_usd } = (await usage(ira)).reserved;
  await pair.call('POST', `/v1/jobs/${running.id}/cancel`, undefined, bearer(ira));
  expect((await usage(ira)).days[0]?.cost_usd).toBeCloseTo(cost_usd, 9);
  await eventually(async () => expect((await read()).usage.final).toBe(true), 40_000);
  const billed = (await read()).usage.cost_usd as number;
  expect(billed).toBeLessThan(cost_usd);
  expect((await usage(ira)).days[0]?.cost_usd).toBeCloseTo(billed, 7);
});

test('also where tokens are limited and nothing has a price', async () => {
  const unpriced = await Pair.start({ settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0 } });
  try {
    const joe = await makeKey(unpriced, 'joe');
    await keysCommand(unpriced, ['limits', '--tenant', 'joe', '--tokens-per-day', '10000000']);
    const call = async (method: string, path: string, body?: object) => (await unpriced.call(method, path, body, bearer(joe))).body; // prettier-ignore
    const today = async () => ((await call('GET', '/v1/usage')) as Usage).days[0];
    await unpriced.script('stall', 'stall', 'stall');
    const { id } = (await call('POST', '/v1/jobs', fresh())) as Job;
    const read = async () => (await call('GET', `/v1/jobs/${id}`)) as Job;
    await eventually(async () => expect((await read()).progress.cards).toBeGreaterThan(0));
    await call('POST', `/v1/jobs/${id}/cancel`);
    const charged = (await today())?.output_tokens;
    await eventually(async () => expect((await read()).usage.final).toBe(true), 40_000);
    const { input_tokens, output_tokens } = (await read()).usage;
    expect(output_tokens).toBeLessThan(Number(charged));
    expect(await today()).toMatchObject({ jobs: 1, input_tokens, output_tokens });
  } finally {
    await unpriced.close();
  }
});

test('a job that fails frees what it held', async () => {
  const dora = await tenant('dora', '--usd-per-day', '1', '--open-jobs', '5');
  await script('400');
  const { body } = await pair.call('POST', '/v1/jobs', fresh(), { ...bearer(dora), Prefer: 'wait=20' });
  expect((body as Job).status).toBe('failed');
  expect((await usage(dora)).reserved).toEqual(free);
});

test('a job whose further call its budget does not allow ends as model_budget', async () => {
  const text = fresh();
  const eva = await tenant('eva', '--usd-per-day', '1');
  const probe = (await post(eva, text)).body as Job;
  const held = Number((await redis.hget(`{flashcards}:job:${probe.id}`, 'held'))?.split(' ')[1] ?? 0) / 1e9;
  const reserved = held || (await usage(eva)).reserved.cost_usd;
  const fay = await tenant('fay', '--usd-per-day', String(reserved * 1.2));
  await script('reset_after_bytes', 'reset_after_bytes');
  const { body } = await pair.call('POST', '/v1/jobs', fresh(), { ...bearer(fay), Prefer: 'wait=20' });
  expect((body as Job).error?.code).toBe('model_budget');
  const after = await usage(fay);
  expect(after.reserved).toEqual(free);
  expect(after.days[0]?.cost_usd).toBeLessThanOrEqual(reserved * 1.2);
});

test('jobs that have not ended are limited, exactly, over replicas, and a place is free when one ends', async () => {
  const gus = await tenant('gus', '--open-jobs', '3');
  await script(...Array.from({ length: 10 }, () => 'hang_before_headers'));
  const answers = await Promise.all(Array.from({ length: 10 }, (_none, i) => post(gus, fresh(), i % 2)));
  const accepted = answers.filter(({ status }) => status === 202);
  expect(accepted).toHaveLength(3);
  expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({
    code: 'quota_exceeded',
    policy: 'jobs-open',
  });
  const [first] = accepted.map(({ body }) => body as Job);
  await pair.call('POST', `/v1/jobs/${first?.id}/cancel`, undefined, bearer(gus));
  expect((await post(gus)).status).toBe(202);
});

test("a day's tokens are limited, and each answer has the limits", async () => {
  const hal = await tenant('hal', '--tokens-per-day', '1000', '--submits-per-minute', '7');
  const answer = await post(hal);
  expect([answer.status, answer.body]).toMatchObject([429, { code: 'quota_exceeded', policy: 'tokens-day' }]);
  const read = await pair.call('GET', '/v1/usage', undefined, bearer(hal));
  expect(read.headers.get('ratelimit-policy')?.split(', ')).toEqual([
    '"submits";q=7;w=60',
    '"tokens-day";q=1000;qu="tokens";w=86400',
    '"edits";q=600;w=60',
    '"stored-bytes";q=134217728;qu="content-bytes"',
  ]);
  expect(read.headers.get('ratelimit')).toBe('"submits";r=7;t=60');
});
