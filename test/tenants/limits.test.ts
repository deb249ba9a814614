import { Pair } from '../harness/stack/pair';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, workers: 0, settings: { RATE_LIMIT_PER_MINUTE: 10, MAX_WAITING_JOBS: 12 } });
}, 30_000);
afterAll(() => pair.close());

test('two replicas share one limit, to the unit', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_none, i) =>
      pair.call('POST', '/v1/jobs', { text: `Text number ${i}.` }, {}, pair.apis[i % 2]?.url),
    ),
  );
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(20);
  expect(refused[0]?.body).toMatchObject({ code: 'rate_limited', policy: 'submits' });
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeLessThanOrEqual(61);
});

test('past the most waiting jobs a submit is refused as overloaded', async () => {
  const free = await pair.addApi({ RATE_LIMIT_PER_MINUTE: 0 });
  const post = (i: number) => pair.call('POST', '/v1/jobs', { text: `Unlimited ${i}.` }, {}, free.url);
  const answers = await Promise.all([1, 2, 3, 4, 5].map(post));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
  expect(answers.find(({ status }) => status === 503)?.body).toMatchObject({ code: 'overloaded' });
});

test('a queued job knows its place, and one that is canceled leaves the line', async () => {
  const { body } = await pair.call('GET', '/v1/jobs?status=queued&limit=100');
  const ids = (body as { jobs: { id: string }[] }).jobs.map(({ id }) => id).reverse();
  const position = async (id: string | undefined) =>
    ((await pair.call('GET', `/v1/jobs/${id}`)).body as { queue: { position: number } }).queue.position;
  expect([await position(ids[0]), await position(ids[4])]).toEqual([1, 5]);
  expect((await pair.call('POST', `/v1/jobs/${ids[0]}/cancel`)).body).toMatchObject({ status: 'canceled' });
  expect(await position(ids[4])).toBe(4);
});

describe('a bad request', () => {
  const url = () => pair.apis[0]?.url;
  test.each([
    ['is not JSON', '{', {}, 400, 'malformed_request'],
    ['is a scalar', '7', {}, 400, 'malformed_request'],
    ['is nested too deep', '['.repeat(100) + ']'.repeat(100), {}, 400, 'malformed_request'],
    ['has a prototype key', '{"text":"a","__proto__":{"x":1}}', {}, 400, 'malformed_request'],
    ['is no JSON by its type', 'text=a', { 'Content-Type': 'text/plain' }, 415, 'unsupported_media_type'],
    [
      'is in another charset',
      '{"text":"a"}',
      { 'Content-Type': 'application/json; charset=utf-7' },
      415,
      'unsupported_media_type',
    ],
    ['is too large', JSON.stringify({ text: 'a'.repeat(200_000) }), {}, 413, 'too_large'],
    ['has a text past the limit', JSON.stringify({ text: '字'.repeat(10_001) }), {}, 422, 'invalid_request'],
    ['has a control character', '{"text":"a\\u0007"}', {}, 422, 'invalid_request'],
    ['has a lone surrogate', '{"text":"a\\ud800"}', {}, 422, 'invalid_request'],
  ])('that %s is refused with its own 4xx', async (_what, body, headers, status, code) => {
    const answer = await pair.call('POST', '/v1/jobs', body, headers, url());
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('has every broken field named at once', async () => {
    const { body } = await pair.call('POST', '/v1/jobs', { text: '', options: { cards: 99, types: ['x'] }, typo: 1 });
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/options/cards', '/options/types/0', '/text', '/typo']);
  });

  test('to a path with another method gets the allowed ones', async () => {
    const answer = await pair.call('PUT', '/v1/jobs', {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
  });
});
