import { connect } from 'node:net';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, settings: { RESULT_SECONDS: 5, FAILED_TEXT_SECONDS: 2 } });
}, 30_000);
afterAll(() => pair.close());

const keyed = (key: string): Record<string, string> => ({ 'Idempotency-Key': key });
const textOf = (name: string) => ({ text: `${ENGLISH} This is the text of ${name}.` });
const post = (key: string, body: unknown, api = 0) =>
  pair.call('POST', '/v1/jobs', body, keyed(key), pair.apis[api]?.url);
const madeOf = async (text: string): Promise<number> => {
  const response = await fetch(`${pair.standin.controlUrl}/ledger?contains=${encodeURIComponent(text)}`);
  return ((await response.json()) as { entries: unknown[] }).entries.length;
};

describe('an idempotency key', () => {
  test('posted 50 times at once to two replicas makes one job, and 49 answers say that they repeat it', async () => {
    const body = textOf('fifty');
    const answers = await Promise.all(Array.from({ length: 50 }, (_none, i) => post('fifty', body, i % 2)));
    expect(new Set(answers.map(({ status }) => Math.floor(status / 100)))).toEqual(new Set([2]));
    expect(new Set(answers.map((answer) => (answer.body as Job).id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(49);
    const [first] = answers.map(({ body: made }) => made as Job);
    expect((await pair.ended(first?.id ?? '')).status).toBe('completed');
    expect(await madeOf('the text of fifty')).toBe(1);
  });

  test('gives the same job when the connection broke before the answer came', async () => {
    const body = JSON.stringify(textOf('broken'));
    const { hostname, port } = new URL(pair.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        const head = ['POST /v1/jobs HTTP/1.1', `Host: ${hostname}`, 'Idempotency-Key: broken'];
        const rest = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, '', body];
        socket.write([...head, ...rest].join('\r\n'), () => socket.destroy());
      });
      socket.once('close', () => resolve()).once('error', reject);
    });
    await eventually(() => {
      const lines = pair.apis.flatMap((api) => api.events('job.submitted'));
      expect(lines.some(({ text_chars }) => text_chars === textOf('broken').text.length)).toBe(true);
    });
    const again = await post('broken', textOf('broken'));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await pair.ended((again.body as Job).id)).status).toBe('completed');
    expect(await madeOf('the text of broken')).toBe(1);
  });

  test('gives the same job after a 503 for a Redis that hung', async () => {
    const body = textOf('unknown');
    pair.redis.signal('SIGSTOP');
    const refused = await post('unknown', body);
    pair.redis.signal('SIGCONT');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    const again = await eventually(async () => {
      const answer = await post('unknown', body);
      expect(Math.floor(answer.status / 100)).toBe(2);
      return answer.body as Job;
    });
    expect((await pair.ended(again.id)).status).toBe('completed');
    expect((await post('unknown', body)).body).toMatchObject({ id: again.id });
    expect(await madeOf('the text of unknown')).toBe(1);
  });

  test('with another body is 422, and the first job stays what it is', async () => {
    const { body } = await post('two bodies', textOf('the first body'));
    const other = await post('two bodies', textOf('the second body'));
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    expect((await pair.ended((body as Job).id)).status).toBe('completed');
  });

  test('gives the same job when the client writes its fields in another order', async () => {
    const first = await post('order', { ...textOf('order'), options: { cards: 3, difficulty: 'hard' } });
    const again = await post('order', { options: { difficulty: 'hard', cards: 3 }, ...textOf('order') });
    expect((again.body as Job).id).toBe((first.body as Job).id);
  });

  test('is 410 once its job was erased, and nothing is made or paid again', async () => {
    const { id } = (await post('erased', textOf('erased'))).body as Job;
    await pair.ended(id);
    expect((await pair.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);
    expect(await post('erased', textOf('erased'))).toMatchObject({ status: 410, body: { code: 'gone' } });
    expect(await madeOf('the text of erased')).toBe(1);
  });

  test('is 410 once the content of its job has expired', async () => {
    const { id } = (await post('expired', textOf('expired'))).body as Job;
    await pair.ended(id);
    await eventually(async () => expect((await pair.call('GET', `/v1/jobs/${id}`)).status).toBe(410));
    expect(await post('expired', textOf('expired'))).toMatchObject({ status: 410, body: { code: 'gone' } });
  }, 20_000);

  test.each([
    ['empty', ''],
    ['longer than 255', 'a'.repeat(256)],
    ['not printable', 'tab\there'],
  ])('that is %s is refused by name', async (_what, key) => {
    const answer = await post(key, textOf('bad key'));
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', errors: [{ pointer: '/headers/Idempotency-Key' }] },
    });
  });
});

describe('a failed job', () => {
  const failed = async (name: string): Promise<Job> => {
    // No card can be made of so little.
    const job = await pair.finished({ text: `好${name}`, options: { cards: 4 }, metadata: { name }, priority: 'bulk' });
    expect(job.status).toBe('failed');
    return job;
  };
  const retry = (id: string, headers: Record<string, string> = {}) =>
    pair.call('POST', `/v1/jobs/${id}/retry`, undefined, headers);

  test('is run again as a new job with the same text and options, which names it', async () => {
    const first = await failed('一');
    const answer = await retry(first.id);
    const again = answer.body as Job;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${again.id}`);
    expect(again).toMatchObject({ status: 'queued', retry_of: first.id, metadata: { name: '一' } });
    expect(again.id).not.toBe(first.id);
    expect(await pair.ended(again.id)).toMatchObject({
      status: 'failed', retry_of: first.id, error: { code: 'no_cards' }, progress: { cards_wanted: 4 },
    }); // prettier-ignore
    expect((await pair.call('GET', `/v1/jobs/${first.id}`)).body).toMatchObject({ id: first.id, retry_of: null });
  });

  test('is run again once for one idempotency key, also after its text is gone', async () => {
    const first = await failed('二');
    const [one, two] = [await retry(first.id, keyed('again')), await retry(first.id, keyed('again'))];
    expect((two.body as Job).id).toBe((one.body as Job).id);
    expect(two.headers.get('idempotent-replayed')).toBe('true');
    const other = await retry((await failed('三')).id, keyed('again'));
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    await eventually(async () => expect((await retry(first.id)).status).toBe(410));
    const late = await retry(first.id, keyed('again'));
    expect(late.body).toMatchObject({ id: (one.body as Job).id, retry_of: first.id });
    expect(late.headers.get('idempotent-replayed')).toBe('true');
  });

  test('is 404 to retry when there is none, 409 when it did not fail, 410 when its text is gone', async () => {
    expect((await retry('no-such-job')).status).toBe(404);
    const completed = await pair.finished(textOf('completed'));
    expect(await retry(completed.id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const forgetful = await pair.addWorker({ FAILED_TEXT_SECONDS: 0 });
    await pair.workers[0]?.stop('SIGTERM');
    const job = await failed('四');
    expect(await retry(job.id)).toMatchObject({ status: 410, body: { code: 'gone' } });
    await pair.addWorker();
    await forgetful.stop('SIGTERM');
  }, 20_000);
});
