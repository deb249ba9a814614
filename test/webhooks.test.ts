import { type Delivery, deliveryBodySchema, deliverySchema } from '@flashcards/shared/contract/delivery';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from './harness/eventually';
import { Pair } from './harness/pair';
import { Receiver, WEBHOOK_SECRET } from './harness/receiver';
import { CHINESE, ENGLISH } from './harness/texts';

let pair: Pair;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.start();
  pair = await Pair.start({
    workers: 2,
    settings: {
      WEBHOOK_SECRET,
      WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
      WEBHOOK_RETRY_SECONDS: '0.05,0.1,0.2',
      WEBHOOK_TIMEOUT_SECONDS: 1,
    },
  });
}, 30_000);
afterAll(async () => {
  await pair.close();
  await receiver.close();
});

let count = 0;
const text = (): string => `${ENGLISH} Note ${(count += 1)} is a note.`;
const hooked = (path: string, more: object = {}) => ({ text: text(), webhook: { url: receiver.url(path) }, ...more });

async function log(job: Job): Promise<Delivery[]> {
  const { body } = await pair.call('GET', `/v1/jobs/${job.id}/deliveries`);
  const { deliveries } = body as { deliveries: Delivery[] };
  for (const delivery of deliveries) expect(deliverySchema.validate(delivery).error).toBeUndefined();
  return deliveries;
}
const ended = (job: Job, state: string): Promise<Delivery> =>
  eventually(async () => {
    const [delivery] = await log(job);
    expect(delivery?.state).toBe(state);
    return delivery as Delivery;
  });
const arrived = (path: string, times = 1) =>
  eventually(() => {
    expect(receiver.at(path).length).toBeGreaterThanOrEqual(times);
    return receiver.at(path);
  });

describe('the end of a job', () => {
  test('is told at once, signed as Standard Webhooks says, with counts and links and no card', async () => {
    const job = await pair.finished({ ...hooked('/done'), text: CHINESE, metadata: { course: 'bio-1' } });
    const [received] = await arrived('/done');
    if (!received) throw new Error('nothing came');
    const { type, data } = receiver.verified(received);
    expect(type).toBe('job.completed');
    expect(deliveryBodySchema('job.completed').validate(JSON.parse(received.body)).error).toBeUndefined();
    const { deck: _deck, coverage: _coverage, ...counts } = job.result as NonNullable<Job['result']>;
    expect(data).toMatchObject({ id: job.id, status: 'completed', result: counts, links: job.links, metadata: { course: 'bio-1' } });
    for (const { quote } of job.result?.deck.cards ?? []) expect(received.body).not.toContain(quote);
    expect(received.headers['content-type']).toBe('application/json');
    const delivery = await ended(job, 'delivered');
    expect(received.headers['webhook-id']).toBe(delivery.id);
    const { headers } = await pair.call('GET', `/v1/jobs/${job.id}`);
    expect(delivery.id).toBe(`${job.id}_${headers.get('etag')?.replace(/"/g, '')}`);
    expect(delivery.attempts).toMatchObject([{ number: 1, status: 204, delivered: true, reason: 'ok', kind: 'automatic' }]);
  });
}); // prettier-ignore
