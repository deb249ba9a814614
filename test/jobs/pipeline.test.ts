import type { Job } from '@flashcards/shared/contract/job';
import { jobSchema } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair, type Service } from '../harness/stack/pair';
import { AWKWARD, CHINESE, ENGLISH, longChinese } from '../harness/texts';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, workers: 2 });
}, 30_000);
afterAll(() => pair.close());

function expectGrounded(job: Job, text: string): void {
  expect(job.error).toBeNull();
  expect(job.status).toBe('completed');
  const cards = job.result?.deck.cards ?? [];
  expect(cards.length).toBeGreaterThan(0);
  for (const card of cards) {
    expect(card.quote.length).toBeGreaterThan(0);
    expect(text.slice(card.start, card.end)).toBe(card.quote);
  }
}

describe('a deck', () => {
  test.each([
    ['Chinese', CHINESE, 'zh-Hans'],
    ['English', ENGLISH, 'en'],
  ])('of a %s text has cards in its language that quote it', async (_name, text, language) => {
    const job = await pair.finished({ text, options: { types: ['basic', 'cloze', 'choice'] } });
    expectGrounded(job, text);
    expect(job.result?.deck.language).toBe(language);
    expect(job.result?.kept).toBeGreaterThanOrEqual(6);
    expect(job.usage.output_tokens).toBeGreaterThan(0);
    expect(job.usage.cost_usd).toBeGreaterThan(0);
    expect(jobSchema.validate(job).error).toBeUndefined();
  });

  test('quotes exactly what was posted when the text has a BOM, CRLF, decomposed letters and wide signs', async () => {
    expectGrounded(await pair.finished({ text: AWKWARD }), AWKWARD);
  });

  test('that comes from the cache is at the offsets of the text that was posted this time', async () => {
    const plain = ENGLISH.replace('mantle', 'mantle layer');
    await pair.finished({ text: plain });
    const windows = `\uFEFF${plain.replace(/\n/g, '\r\n')}`;
    const job = await pair.finished({ text: windows });
    expect(job.cache).toBe('hit');
    expectGrounded(job, windows);
  });

  test('of 10,000 Chinese characters covers the head and the tail', async () => {
    const text = longChinese(10_000);
    const job = await pair.finished({ text, options: { cards: 30 } });
    expectGrounded(job, text);
    const starts = (job.result?.deck.cards ?? []).map((card) => card.start);
    expect(Math.min(...starts)).toBeLessThan(3_500);
    expect(Math.max(...starts)).toBeGreaterThan(6_500);
    expect(job.result?.kept).toBeLessThanOrEqual(30);
  });

  test('that can have no card is a failure with the reason, never an empty success', async () => {
    const job = await pair.finished({ text: '好' });
    expect(job).toMatchObject({ status: 'failed', result: null, error: { code: 'no_cards' } });
  });

  test('with fewer cards than wanted says so', async () => {
    const job = await pair.finished({ text: `${ENGLISH} Basalt is a dark volcanic rock.`, options: { cards: 50 } });
    expect(job.result).toMatchObject({ partial: true, wanted: 50 });
    expect(job.result?.kept).toBe(job.result?.deck.cards.length);
  });
});

describe('a job', () => {
  test('is answered before it runs, and a long-poll returns at its end', async () => {
    const submitted = await pair.call('POST', '/v1/jobs', { text: `${CHINESE}一。`, metadata: { course: 'bio-1' } });
    const job = submitted.body as Job;
    expect(submitted.status).toBe(202);
    expect(submitted.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
    const ended = await pair.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', metadata: { course: 'bio-1' }, progress: { percent: 100 } });
  });

  test('is not sent again when nothing happened since', async () => {
    const { id } = await pair.finished({ text: `${CHINESE}二。` });
    const first = await pair.call('GET', `/v1/jobs/${id}`);
    const again = await pair.call('GET', `/v1/jobs/${id}`, undefined, {
      'If-None-Match': first.headers.get('etag') as string,
    });
    expect(again.status).toBe(304);
  });

  test('is seen the same on every replica', async () => {
    const { id } = await pair.finished({ text: `${CHINESE}三。` });
    const other = await pair.call('GET', `/v1/jobs/${id}`, undefined, {}, pair.apis[1]?.url);
    expect(other.body).toEqual((await pair.call('GET', `/v1/jobs/${id}`)).body);
  });

  test('gives its deck as a file', async () => {
    const { id, result } = await pair.finished({ text: `${CHINESE}四。` });
    const cards = await pair.call('GET', `/v1/jobs/${id}/cards?format=json`);
    expect(cards.headers.get('content-disposition')).toContain("filename*=UTF-8''");
    expect(cards.body).toEqual(result?.deck);
  });

  test('that is erased is gone, with its cached result', async () => {
    const text = `${CHINESE}五。`;
    const { id } = await pair.finished({ text });
    expect((await pair.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);
    expect((await pair.call('GET', `/v1/jobs/${id}`)).status).toBe(404);
    expect((await pair.call('DELETE', `/v1/jobs/${id}`)).status).toBe(404);
    expect((await pair.finished({ text })).cache).toBe('miss');
  });

  test('list has one’s own jobs, newest first, page by page, each once', async () => {
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await pair.call('GET', `/v1/jobs?limit=3&status=completed${cursor && `&cursor=${cursor}`}`);
      const page = body as { jobs: Job[]; next_cursor: string | null };
      ids.push(...page.jobs.map((job) => job.id));
      if (!page.next_cursor) break;
      cursor = page.next_cursor;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(8);
  });

  test('with an idempotency key is made once, whatever is posted at once', async () => {
    const body = { text: `${ENGLISH} One more.` };
    const headers = { 'Idempotency-Key': 'order 66' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => pair.call('POST', '/v1/jobs', body, headers)));
    expect(new Set(answers.map((answer) => (answer.body as Job).id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
    const other = await pair.call('POST', '/v1/jobs', { text: 'Another text.' }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });
});

describe('the old call', () => {
  test('answers a text with its deck', async () => {
    const { status, body } = await pair.call('POST', '/generate', { text: `${ENGLISH} Old.` });
    expect(status).toBe(200);
    expect((body as { cards: unknown[] }).cards.length).toBeGreaterThan(0);
  });

  test('answers 422 when no card can be kept', async () => {
    const answer = await pair.call('POST', '/generate', { text: '好的' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'no_cards' } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('the operator', () => {
  test('finds metrics and probes on the operations port only, and a deep check that is well', async () => {
    const [api, worker] = [pair.apis[0], pair.workers[0]];
    expect((await pair.call('GET', '/metrics')).status).toBe(404);
    expect(await (await fetch(`${api?.opsUrl}/metrics`)).text()).toContain('flashcards_http_requests_total');
    expect(await (await fetch(`${worker?.opsUrl}/metrics`)).text()).toMatch(
      /flashcards_model_calls_total\{outcome="ok"[^}]*\} [1-9]/,
    );
    for (const service of [...pair.apis, ...pair.workers]) {
      for (const probe of ['/livez', '/readyz']) expect(await (await fetch(service.opsUrl + probe)).text()).toBe('ok');
    }
    const part = { status: expect.stringMatching(/^(healthy|degraded|unhealthy)$/), reason: expect.any(String) };
    await eventually(async () =>
      expect((await pair.call('GET', '/health')).body).toEqual({
        ...part,
        checks: {
          redis: { status: 'healthy', reason: 'answers' },
          openrouter: { status: 'healthy', reason: 'ok' },
          queue: { status: 'healthy', reason: 'moves' },
          disk: part,
          memory: part,
        },
      }),
    );
  });

  test('says that Redis is too full to take submits, and when it is not any more', async () => {
    const redis = async () => {
      const { status, body } = await pair.call('GET', '/health');
      const { checks } = body as { checks: Record<string, { status: string }> };
      return [status, checks['redis']?.status];
    };
    await pair.redis.command('CONFIG', 'SET', 'maxmemory', '1200000');
    expect(await redis()).toEqual([200, 'degraded']);
    await pair.redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await redis()).toEqual([200, 'healthy']);
  });

  test('follows a job by its id through the logs of both services, and finds no text there', async () => {
    const text = 'A zygomorph is a flower that has only one plane of symmetry through its middle.';
    const answer = await pair.call('POST', '/v1/jobs', { text }, { Prefer: 'wait=30', 'X-Request-Id': 'trace-me-1' });
    const { id } = answer.body as Job;
    const line = (services: Service[], event: string) =>
      eventually(() => {
        const found = services.flatMap((service) => service.events(event)).find((fields) => fields['job_id'] === id);
        expect(found).toBeDefined();
        return found;
      });
    expect(await line(pair.apis, 'job.submitted')).toMatchObject({ request_id: 'trace-me-1' });
    expect(await line(pair.workers, 'job.completed')).toMatchObject({ attempt: 1 });
    const all = [...pair.apis, ...pair.workers].flatMap((service) => service.lines);
    expect(all.join('\n')).not.toContain('zygomorph');
  });
});
