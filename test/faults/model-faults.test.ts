import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { CHINESE, ENGLISH } from '../harness/texts';

const numbered = (i: number | string): string => `${ENGLISH} This is note number ${i} of the series.`;
const inTime = async <T>(work: Promise<T>): Promise<[number, T]> => {
  const start = Date.now();
  const value = await work;
  return [Date.now() - start, value];
};

describe('a model that fails', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start({
      workers: 3,
      settings: { MODEL: 'standin/extractive', MODEL_TIMEOUT_SECONDS: 3 },
    });
  }, 30_000);
  afterAll(() => pair.close());

  /** What the next calls meet, whichever job makes them. */
  async function next(...scenarios: string[]): Promise<void> {
    await fetch(`${pair.standin.controlUrl}/reset`, { method: 'POST' });
    const response = await fetch(`${pair.standin.controlUrl}/script`, {
      method: 'POST',
      body: JSON.stringify({ scenarios }),
    });
    expect(response.status).toBe(200);
  }

  test.each([
    ['401', 'model_auth', 1],
    ['402', 'model_budget', 1],
    ['403', 'model_rejected', 1],
    ['404_privacy', 'model_rejected', 1],
    ['400', 'model_rejected', 1],
  ])('with %s fails the job at once as %s', async (scenario, code, calls) => {
    await next(scenario);
    const job = await pair.finished({ text: numbered(scenario) });
    expect(job).toMatchObject({ status: 'failed', error: { code }, attempts: 1 });
    expect((await pair.ledger()).totals.calls).toBe(calls);
  });

  test.each([
    '500',
    '502',
    '503',
    '529',
    '200_error;code=502',
    'html;code=502',
    'choices_empty',
    'reset_after_headers',
    'no_finish',
  ])(
    'with %s once is asked again, and the job completes',
    async (scenario) => {
      await next(scenario);
      const job = await pair.finished({ text: numbered(scenario) });
      expect(job).toMatchObject({ status: 'completed', attempts: 2, error: null });
    },
    15_000,
  );

  test.each(['429;retry_after=1', '402_in_flight;retry_after=1'])(
    'with %s pauses the fleet and uses up no attempt',
    async (scenario) => {
      await next(scenario);
      const [took, job] = await inTime(pair.finished({ text: numbered(scenario) }));
      expect(job).toMatchObject({ status: 'completed', attempts: 1 });
      expect(took).toBeGreaterThanOrEqual(950);
      // The other workers pause too: who asks meanwhile waits as well, whichever of them is free.
      await next(scenario);
      const start = Date.now();
      const first = pair.finished({ text: numbered(`${scenario} again`) });
      // The pause is in Redis: who is submitted before that may still ask.
      await eventually(async () =>
        expect(await pair.redis.command('GET', '{flashcards}:generate:limiter')).toBe(String(Number.MAX_SAFE_INTEGER)),
      );
      const others = Array.from({ length: 6 }, (_none, i) =>
        pair.finished({ text: numbered(`${scenario} meanwhile ${i}`) }),
      );
      const ended = await Promise.all([first, ...others]);
      for (const one of ended) {
        expect(one).toMatchObject({ status: 'completed', attempts: 1 });
        expect(Date.parse(one.finished_at ?? '') - start).toBeGreaterThanOrEqual(900);
      }
    },
    15_000,
  );

  test.each(['fenced', 'prose', 'trailing_comma', 'crlf', 'comment_first', 'no_done'])(
    'with %s is read all the same',
    async (scenario) => {
      await next(scenario);
      expect(await pair.finished({ text: numbered(scenario) })).toMatchObject({ status: 'completed', attempts: 1 });
    },
  );

  // Not byte by byte: that is a turn of the event loop for each, which takes a busy machine seconds.
  test('with characters torn between two pieces brings them whole', async () => {
    await next('split_utf8;n=5');
    const job = await pair.finished({ text: CHINESE });
    expect(job).toMatchObject({ status: 'completed', attempts: 1 });
    expect(Object.keys(job.result?.dropped ?? {})).toEqual(['over_count']);
    for (const { quote, start, end } of job.result?.deck.cards ?? []) expect(CHINESE.slice(start, end)).toBe(quote);
  });

  test('that cannot be bound to a schema is asked without one, in the same attempt', async () => {
    await next('no_json_schema', 'ok');
    expect(await pair.finished({ text: numbered('fallback') })).toMatchObject({ status: 'completed', attempts: 1 });
  });

  test('and was cut keeps its whole cards and is not cached', async () => {
    await next('length;share=0.3', 'length;share=0.3', 'length;share=0.1');
    const job = await pair.finished({ text: numbered('cut') });
    expect(job).toMatchObject({ status: 'completed', result: { partial: true } });
    expect((await pair.finished({ text: numbered('cut') })).cache).toBe('miss');
  });

  test('and was cut once is asked for what is missing, in the same attempt', async () => {
    await next('length');
    const job = await pair.finished({ text: numbered('cut once') });
    expect(job).toMatchObject({ status: 'completed', attempts: 1, result: { partial: false, kept: 10 } });
    expect((await pair.ledger()).totals.calls).toBe(2);
  });

  test('and fails when it is asked for more leaves the cards it brought before', async () => {
    await next('length;share=0.4', '500');
    const job = await pair.finished({ text: numbered('cut, then gone') });
    expect(job).toMatchObject({ status: 'completed', attempts: 1, result: { partial: true } });
    expect((await pair.finished({ text: numbered('cut, then gone') })).cache).toBe('miss');
  });

  test('with invented quotes leaves no card that is not in the text', async () => {
    await next('invented_quotes');
    const job = await pair.finished({ text: numbered('invented') });
    for (const card of job.result?.deck.cards ?? [])
      expect(numbered('invented').slice(card.start, card.end)).toBe(card.quote);
    expect(job.result?.dropped['not_grounded'] ?? job.error?.message).toBeTruthy();
  });

  test('and hangs is given up, and asked again', async () => {
    await next('hang_mid_body');
    const job = await pair.finished({ text: numbered('hang') });
    expect(job).toMatchObject({ status: 'completed', attempts: 2, usage: { cost_usd: null, final: false } });
  }, 20_000);

  test('past the deadline of its job fails it as deadline_exceeded', async () => {
    await next('hang_before_headers');
    const job = await pair.finished({ text: numbered('late'), deadline_seconds: 1 });
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'deadline_exceeded', retryable: true },
      usage: { cost_usd: null, final: false },
    });
  });
});

describe('Redis', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start({ workers: 1 });
  }, 30_000);
  afterAll(() => pair.close());

  const post = (i: string) => pair.call('POST', '/v1/jobs', { text: numbered(i) });

  test.each([
    ['stopped', () => pair.redis.stop(), () => pair.redis.start()],
    ['frozen', () => pair.redis.signal('SIGSTOP'), () => pair.redis.signal('SIGCONT')],
  ])(
    '%s is a 503 within 2 s, and both services recover by themselves',
    async (what, fail, heal) => {
      const before = await pair.submit({ text: numbered(`before ${what}`) });
      await Promise.resolve(fail());
      for (const call of [post(what), pair.call('GET', `/v1/jobs/${before.id}`)]) {
        const [took, answer] = await inTime(call);
        expect([answer.status, (answer.body as { code: string }).code]).toEqual([503, 'queue_unavailable']);
        expect(answer.headers.get('retry-after')).toBeTruthy();
        expect(took).toBeLessThan(2_000);
      }
      expect((await fetch(`${pair.apis[0]?.opsUrl}/livez`)).status).toBe(200);
      expect((await fetch(`${pair.apis[0]?.opsUrl}/readyz`)).status).toBe(503);
      await Promise.resolve(heal());
      const job = await eventually(() => pair.finished({ text: numbered(`after ${what}`) }), 15_000);
      expect(job.status).toBe('completed');
      expect((await pair.ended(before.id)).status).toBe('completed');
    },
    60_000,
  );

  test('missing when the API starts leaves it alive and not ready, until it is there', async () => {
    await pair.redis.stop();
    const api = await pair.addApi();
    expect((await fetch(`${api.opsUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${api.opsUrl}/readyz`)).status).toBe(503);
    expect((await pair.call('POST', '/v1/jobs', { text: numbered('x') }, {}, api.url)).status).toBe(503);
    await pair.redis.start();
    await eventually(async () => expect((await fetch(`${api.opsUrl}/readyz`)).status).toBe(200));
    const answer = await pair.call('POST', '/v1/jobs', { text: numbered('found') }, { Prefer: 'wait=30' }, api.url);
    expect(answer.body).toMatchObject({ status: 'completed' });
  }, 60_000);
});

describe('a worker', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.start({ workers: 0, settings: { MODEL: 'standin/extractive-1000ms' } });
  }, 30_000);
  afterEach(() => pair.close());

  const submitAll = (count: number): Promise<Job[]> =>
    Promise.all(Array.from({ length: count }, (_none, i) => pair.submit({ text: numbered(i) })));
  const allRun = (ids: string[]) =>
    eventually(async () => {
      const { body } = await pair.call('GET', '/v1/jobs?status=running&limit=100');
      expect((body as { jobs: Job[] }).jobs).toHaveLength(ids.length);
    });

  test('that gets SIGTERM finishes what it runs and takes nothing new', async () => {
    const worker = await pair.addWorker();
    const ids = (await submitAll(10)).map(({ id }) => id);
    await allRun(ids);
    const stopped = worker.stop('SIGTERM');
    await eventually(() => expect(worker.events('process.draining')).toHaveLength(1));
    const late = await pair.submit({ text: numbered('late') });
    expect(await stopped).toBe(0);
    for (const id of ids) expect(await pair.ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect((await pair.call('GET', `/v1/jobs/${late.id}`)).body).toMatchObject({ status: 'queued', attempts: 0 });
  }, 30_000);

  test('whose time is over hands its jobs back, their attempt not counted', async () => {
    const worker = await pair.addWorker({ MODEL: 'standin/extractive-20000ms', DRAIN_SECONDS: 1 });
    const ids = (await submitAll(5)).map(({ id }) => id);
    await allRun(ids);
    expect(await worker.stop('SIGTERM')).toBe(0);
    await pair.addWorker();
    for (const id of ids) expect(await pair.ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
  }, 40_000);

  test('that is killed loses no job and doubles none: its jobs end within 25 s and their own time', async () => {
    const [dies] = [await pair.addWorker(), await pair.addWorker()];
    const ids = (await submitAll(100)).map(({ id }) => id);
    await eventually(async () => expect((await pair.ledger()).totals.calls).toBeGreaterThan(20));
    await dies?.stop('SIGKILL');
    const [took, ended] = await inTime(Promise.all(ids.map((id) => pair.ended(id, 60))));
    expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'completed'));
    expect(took).toBeLessThan(27_000);
    const completed = pair.workers.flatMap((worker) => worker.events('job.completed')).map((line) => line['job_id']);
    expect(completed.length).toBe(new Set(completed).size);
  }, 60_000);

  test('that was frozen past its lock changes nothing when it wakes', async () => {
    const [frozen] = [await pair.addWorker({ WORKER_CONCURRENCY: 1 }), await pair.addWorker()];
    const ids = (await submitAll(6)).map(({ id }) => id);
    await allRun(ids);
    frozen?.signal('SIGSTOP');
    const ended = await Promise.all(ids.map((id) => pair.ended(id, 60)));
    expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'completed'));
    frozen?.signal('SIGCONT');
    await eventually(() => expect(frozen?.events('job.refused').length).toBeGreaterThanOrEqual(1));
    expect(await Promise.all(ids.map((id) => pair.ended(id)))).toEqual(ended);
  }, 60_000);
});
