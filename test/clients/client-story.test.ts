import type { ServerResponse } from 'node:http';
import * as client from '@flashcards/client';
import { clientStory, expectStory, signature } from '../harness/client-story';
import { CuttingProxy } from '../harness/servers/cutting-proxy';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { Receiver, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { CHINESE, ENGLISH } from '../harness/texts';

let pair: Pair;
let receiver: Receiver;
jest.setTimeout(60_000);
const proxies: CuttingProxy[] = [];
/** An API whose first answer is lost on its way. */
async function losingAnswer(): Promise<CuttingProxy> {
  const proxy = new CuttingProxy(pair.url, (_method, _url, count) => (count === 1 ? 'drop-answer' : 'pass'));
  proxies.push(await proxy.start());
  return proxy;
}
afterEach(() => proxies.splice(0).forEach((proxy) => proxy.close()));
beforeAll(async () => {
  receiver = await Receiver.start();
  pair = await Pair.start({ settings: { WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' } });
});
afterAll(async () => {
  await receiver.close();
  await pair.close();
});

test('the client submits, follows, changes, retries, redelivers, counts and erases', async () => {
  const input = { baseUrl: pair.url, text: ENGLISH, webhook: receiver.url('/node'), signature: signature() };
  expectStory(await clientStory(client, input));
  expect(receiver.at('/node')).toHaveLength(2);
});

test('a batch whose answer is lost is repeated, and makes each of its jobs once', async () => {
  const proxy = await losingAnswer();
  const flashcards = new client.Flashcards({ baseUrl: proxy.url });
  const made = await flashcards.batch([{ text: `${CHINESE} 甲。` }, { text: `${CHINESE} 乙。` }], {
    cache: 'no-store',
  });
  expect(made.map(({ replayed }) => replayed)).toEqual([true, true]);
  const { jobs } = await flashcards.jobs();
  expect(jobs.map(({ id }) => id).sort()).toEqual(made.map(({ job }) => job?.id).sort());
});

test('a redelivery whose answer is lost is reported as the attempt that it started', async () => {
  const held: ServerResponse[] = [];
  receiver.on('/slow', (_request, response, times) => void (times > 1 ? held.push(response) : response.end()));
  const direct = new client.Flashcards({ baseUrl: pair.url });
  const { id } = await direct.make({ text: `${CHINESE} 丙。`, webhook: { url: receiver.url('/slow') } });
  const delivery = await eventually(async () => {
    const [one] = await direct.deliveries(id);
    expect(one?.state).toBe('delivered');
    return one?.id ?? '';
  });
  const proxy = await losingAnswer();
  const redelivered = await new client.Flashcards({ baseUrl: proxy.url }).redeliver(id, delivery);
  expect([redelivered.id, redelivered.next_attempt_at]).toEqual([delivery, null]);
  held.forEach((response) => response.end());
  expect(receiver.at('/slow')).toHaveLength(2);
});
