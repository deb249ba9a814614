import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from '@flashcards/shared/contract/delivery';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { Pair, type Service } from '../harness/stack/pair';
import { Receiver, type Received, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { ENGLISH } from '../harness/texts';

const wrongBy = (seconds: number) => ({
  NODE_OPTIONS: `--require=${join(__dirname, '../harness/preload/wrong-clock.cjs')}`,
  CLOCK_WRONG_BY_SECONDS: String(seconds),
});
const DAY = 86_400;

const SETTINGS = { WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8', WEBHOOK_RETRY_SECONDS: 1 };

let receiver: Receiver;
let pair: Pair;
beforeAll(async () => {
  receiver = await Receiver.start();
  pair = await Pair.start({ workers: 0, settings: SETTINGS });
});
afterAll(async () => {
  await pair.close();
  await receiver.close();
});

let count = 0;
const submit = (path: string): Promise<Job> =>
  pair.submit({
    text: `${ENGLISH} Note ${(count += 1)} is a note.`,
    options: { cards: 3 },
    webhook: { url: receiver.url(path) },
  });
async function deliveryOf(id: string): Promise<Delivery | undefined> {
  const { body } = await pair.call('GET', `/v1/jobs/${id}/deliveries`);
  return (body as { deliveries: Delivery[] }).deliveries[0];
}
const at = (time: string | null | undefined): number => Date.parse(String(time));

describe.each([600, -600])('a worker whose clock is wrong by %d s', (seconds) => {
  const path = `/hook${seconds}`;
  beforeAll(async () => {
    // What a worker before this one found is not what this one reports.
    await pair.redis.command('DEL', '{flashcards}:probe:openrouter');
    await pair.addWorker(wrongBy(seconds));
  });
  afterAll(() => pair.workers.at(-1)?.stop());

  test('ends each job before its deadline, and says when the deck was made', async () => {
    const jobs = await Promise.all([submit(path), submit(path), submit(path)]);
    for (const { id } of jobs) {
      const { status, error, started_at, finished_at, result } = await pair.ended(id);
      expect([status, error]).toEqual(['completed', null]);
      expect(at(result?.created_at)).toBeGreaterThanOrEqual(at(started_at));
      expect(at(result?.created_at)).toBeLessThanOrEqual(at(finished_at));
    }
  });

  test('waits for a model that asks to be left alone for a second', async () => {
    await pair.script('429;retry_after=1');
    const { id } = await submit(path);
    expect(await pair.ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  test('signs webhooks at a time that a receiver takes, and logs the attempt at that time', async () => {
    const own = `${path}-signed`;
    const { id } = await submit(own);
    await eventually(() => expect(receiver.at(own)).toHaveLength(1));
    expect(receiver.verified(receiver.at(own)[0] as Received).type).toBe('job.completed');
    const delivery = await eventually(async () => {
      const one = await deliveryOf(id);
      expect(one?.state).toBe('delivered');
      return one;
    });
    expect(at(delivery?.attempts[0]?.at)).toBeGreaterThanOrEqual(at(delivery?.created_at));
    expect(at(delivery?.attempts[0]?.at)).toBeLessThanOrEqual(Date.now());
  });

  test('leaves a receiver alone until the date that it names', async () => {
    const own = `${path}-later`;
    const named = new Date(Date.now() + 60_000).toUTCString();
    receiver.on(own, (_request, response) => void response.writeHead(503, { 'Retry-After': named }).end());
    const { id } = await submit(own);
    const delivery = await eventually(async () => {
      const one = await deliveryOf(id);
      expect(one?.attempts).toHaveLength(1);
      return one;
    });
    expect(at(delivery?.next_attempt_at)).toBeGreaterThanOrEqual(at(named));
    expect(at(delivery?.next_attempt_at)).toBeLessThan(at(named) + 300_000);
  });

  test('has lately asked whether the model is well', async () => {
    await eventually(async () => {
      const { body } = await pair.call('GET', '/health');
      expect(body).toMatchObject({ checks: { openrouter: { status: 'healthy' } } });
    });
  });
});

describe('an API whose clock is two days ahead', () => {
  let keyed: Pair;
  let wrong: Service;
  beforeAll(async () => {
    keyed = await Pair.start({ workers: 0, settings: { ...SETTINGS, ...KEYED } });
    await keyed.addWorker(wrongBy(2 * DAY));
    wrong = await keyed.addApi(wrongBy(2 * DAY));
  });
  afterAll(() => keyed.close());
  const read = (path: string, key: MadeKey, url?: string) => keyed.call('GET', path, undefined, bearer(key), url);

  test('takes a key until it expires', async () => {
    const key = await makeKey(keyed, 'ann', '--expires-days', '1');
    expect((await read('/v1/jobs', key)).status).toBe(200);
    expect((await read('/v1/jobs', key, wrong.url)).status).toBe(200);
  });

  test('lets a rotated key end when it says', async () => {
    const old = await makeKey(keyed, 'bob');
    await keysCommand(keyed, ['rotate', old.id, '--overlap-hours', '0'], wrongBy(2 * DAY));
    await eventually(async () => expect((await read('/v1/jobs', old)).status).toBe(401));
  });

  test('reports the usage of today', async () => {
    const key = await makeKey(keyed, 'carl');
    await keyed.finished({ text: ENGLISH, options: { cards: 3 } }, bearer(key));
    expect((await read('/v1/usage', key, wrong.url)).body).toMatchObject({ days: [{ jobs: 1, cards: 3 }] });
  });

  test('and a worker like it sign for a day with the webhook secret that another took the place of', async () => {
    const key = await makeKey(keyed, 'dora');
    await keysCommand(keyed, ['secret', '--tenant', 'dora']);
    const webhook = { url: receiver.url('/rotated') };
    await keyed.submit({ text: ENGLISH, options: { cards: 3 }, webhook }, bearer(key));
    await eventually(() => expect(receiver.at('/rotated')).toHaveLength(1));
    const { body, headers } = receiver.at('/rotated')[0] as Received;
    expect(new Webhook(String(key.webhook_secret)).verify(body, headers)).toMatchObject({ type: 'job.completed' });
  });

  test('keeps a key as long as it should that was made where the clock is two days behind', async () => {
    const create = ['create', '--tenant', 'eva', '--expires-days', '1'];
    const key = (await keysCommand(keyed, create, wrongBy(-2 * DAY))) as MadeKey;
    for (const { url } of keyed.apis) expect((await read('/v1/jobs', key, url)).status).toBe(200);
  });
});
