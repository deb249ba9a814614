import type { ServerResponse } from 'node:http';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Receiver } from '../harness/servers/receiver';
import { canceledJob, deliveryOf } from '../harness/stack/deliveries';
import { KEYED, type MadeKey, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';

// No attempt that hangs ends while a test runs: what its neighbour gets it gets beside it.
const SETTINGS = {
  ...KEYED,
  RATE_LIMIT_PER_MINUTE: 0,
  WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
  WEBHOOK_TIMEOUT_SECONDS: 60,
  WEBHOOK_RETRY_SECONDS: '1,1,1,1',
  WEBHOOK_CONCURRENCY: 16,
};

jest.setTimeout(60_000);

let pair: Pair;
let receiver: Receiver;
let ann: MadeKey;
let bob: MadeKey;
let hanging: ServerResponse[];
beforeEach(async () => {
  hanging = [];
  receiver = await Receiver.start();
  receiver.on('/hangs', (_request, response) => void hanging.push(response));
  pair = await Pair.start({ settings: SETTINGS });
  [ann, bob] = [await makeKey(pair, 'ann'), await makeKey(pair, 'bob')];
});
afterEach(async () => {
  await receiver.close();
  await pair.close();
});

const canceled = (key: MadeKey, url: string): Promise<Job> => canceledJob(pair, key, url);
const canceledMany = (key: MadeKey, urls: readonly string[]) => Promise.all(urls.map((url) => canceled(key, url)));

const delivered = (key: MadeKey, job: Job) =>
  eventually(async () => expect(await deliveryOf(pair, key, job)).toMatchObject({ state: 'delivered' }), 15_000);
const hangs = (times: number) => eventually(() => expect(hanging.length).toBe(times));
const waits = (text: string, reason: string): number =>
  Number(new RegExp(`flashcards_delivery_waits_total\\{reason="${reason}"[^}]*\\} (\\d+)`).exec(text)?.[1]);

test("ten receivers of one tenant that hang leave a neighbour's deliveries to the same host as they were", async () => {
  const attacks = await canceledMany(ann, Array<string>(10).fill(receiver.url('/hangs')));
  await hangs(8);
  for (let i = 0; i < 5; i += 1) await delivered(bob, await canceled(bob, receiver.url('/quick')));
  for (const job of attacks) expect(await deliveryOf(pair, ann, job)).toMatchObject({ state: 'pending', attempts: [] });
  expect(hanging.length).toBe(8);
  for (const response of hanging.splice(0)) response.writeHead(204).end();
  await hangs(2);
});

test('receivers of one tenant that hang at forty hosts leave a neighbour slots of the workers', async () => {
  const hosts = Array.from({ length: 40 }, (_none, i) => receiver.url('/hangs', `127.0.1.${i + 1}`));
  await canceledMany(ann, hosts);
  await hangs(8);
  for (let i = 0; i < 5; i += 1) await delivered(bob, await canceled(bob, receiver.url('/quick')));
  expect(hanging.length).toBe(8);
  const metrics = await (await fetch(`${pair.workers[0]?.opsUrl}/metrics`)).text();
  expect(waits(metrics, 'tenant')).toBeGreaterThan(0);
  for (const response of hanging.splice(0)) response.writeHead(204).end();
  await hangs(8);
});

test('a path of one tenant that answers 404 at once slows no delivery to its host, its own included', async () => {
  receiver.answers('/missing', 404);
  await canceled(ann, receiver.url('/missing'));
  await eventually(() => expect(receiver.at('/missing').length).toBeGreaterThan(0));
  await canceledMany(ann, Array<string>(4).fill(receiver.url('/hangs')));
  await hangs(4);
  await canceledMany(bob, Array<string>(4).fill(receiver.url('/hangs')));
  await hangs(8);
});
