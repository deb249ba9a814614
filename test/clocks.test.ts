import { join } from 'node:path';
import type { Delivery } from '@flashcards/shared/contract/delivery';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from './harness/eventually';
import { Pair } from './harness/pair';
import { Receiver, type Received, WEBHOOK_SECRET } from './harness/receiver';
import { ENGLISH } from './harness/texts';

const wrongBy = (seconds: number) => ({
  NODE_OPTIONS: `--require=${join(__dirname, 'harness/wrong-clock.cjs')}`,
  CLOCK_WRONG_BY_SECONDS: seconds,
});

let receiver: Receiver;
let pair: Pair;
beforeAll(async () => {
  receiver = await Receiver.start();
  pair = await Pair.start({
    workers: 0,
    settings: { WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8', WEBHOOK_RETRY_SECONDS: 1 },
  });
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
  beforeAll(() => pair.addWorker(wrongBy(seconds)));
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
});
