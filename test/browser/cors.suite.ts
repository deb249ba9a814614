// A page that another server served, with the service's API on its own port: what its browser lets it do.
import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launch } from '../harness/browser';
import { type StoryInput, clientStory, expectStory, signature } from '../harness/client-story';
import { KEYED, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { Receiver, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { ENGLISH } from '../harness/texts';

const CLIENT = readFileSync(join(__dirname, '../../packages/client/dist/index.mjs'));
jest.setTimeout(90_000);
const servers: Server[] = [];
let browser: Browser;
let receiver: Receiver;
let listed: string;
let other: string;
let pair: Pair;
beforeAll(async () => {
  receiver = await Receiver.start();
  [listed, other] = await Promise.all([site(), site()]);
  pair = await Pair.start({
    settings: { CORS_ORIGINS: listed, WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' },
  });
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  servers.forEach((server) => server.close().closeAllConnections());
  await receiver.close();
  await pair.close();
});

/** The origin of a server that has a page and the client, and nothing else. */
async function site(): Promise<string> {
  const server = createServer((request, response) => {
    const isClient = request.url === '/client.mjs';
    response.setHeader('Content-Type', isClient ? 'text/javascript' : 'text/html');
    response.end(isClient ? CLIENT : '<!doctype html><title>A page of somebody else</title>');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function pageOf<T>(origin: string, use: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(origin);
    return await use(page);
  } finally {
    await context.close();
  }
}

/** What a page gets of a request: a status and what it may read, or that its browser withheld the answer. */
const answerTo = (page: Page, url: string, init: object = {}) =>
  page.evaluate<unknown, readonly [string, object]>(
    async ([at, how]) => {
      try {
        const answer = await fetch(at, how);
        return { status: answer.status, id: answer.headers.get('x-request-id')?.length, text: await answer.text() };
      } catch (error) {
        return String(error);
      }
    },
    [url, init],
  );
const WITHHELD = 'TypeError: Failed to fetch';

test('row 97: a page of a listed origin does all that the client can', async () => {
  const input: StoryInput = {
    baseUrl: pair.url,
    text: ENGLISH,
    webhook: receiver.url('/page'),
    signature: signature(),
  };
  const code = `import('/client.mjs').then((client) => (${clientStory.toString()})(client, ${JSON.stringify(input)}))`;
  expectStory(await pageOf(listed, (page) => page.evaluate<Awaited<ReturnType<typeof clientStory>>>(code)));
});

test('row 97: a page of a listed origin reads errors, their headers, and a stream by EventSource', async () => {
  const { id } = await pair.finished({ text: ENGLISH });
  await pageOf(listed, async (page) => {
    expect(await answerTo(page, `${pair.url}/v1/jobs/no-such-job`)).toMatchObject({ status: 404, id: 36 });
    expect(await answerTo(page, `${pair.url}/nothing`)).toMatchObject({ status: 404, id: 36 });
    const data = await page.evaluate<string>(`new Promise((resolve) => {
      const source = new EventSource(${JSON.stringify(`${pair.url}/v1/jobs/${id}/events`)});
      source.addEventListener('done', (event) => (source.close(), resolve(event.data)));
      source.onerror = () => (source.close(), resolve('"withheld"'));
    })`);
    expect(JSON.parse(data)).toMatchObject({ status: 'completed' });
  });
});

test('row 97: a page of an origin that is not listed reads nothing, submits nothing and cancels nothing', async () => {
  const { id } = await pair.submit({ text: `${ENGLISH} Whole.` });
  const counted = async () => ((await pair.call('GET', '/v1/jobs?limit=100')).body as { jobs: unknown[] }).jobs.length;
  const before = await counted();
  await pageOf(other, async (page) => {
    for (const path of ['/v1/jobs', `/v1/jobs/${id}`, '/v1/queue', '/openapi.json', `/v1/jobs/${id}/events`])
      expect(await answerTo(page, pair.url + path)).toBe(WITHHELD);
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"text":"Mine."}' };
    expect(await answerTo(page, `${pair.url}/v1/jobs`, json)).toBe(WITHHELD);
    // What needs no preflight is sent, and refused by the service.
    for (const mode of ['cors', 'no-cors'])
      await answerTo(page, `${pair.url}/v1/jobs/${id}/cancel`, { method: 'POST', mode });
  });
  expect((await pair.ended(id)).status).toBe('completed');
  expect(await counted()).toBe(before);
});

test('row 97: where every origin is allowed, a page with a key submits and reads, and one without reads why not', async () => {
  const keyed = await Pair.start({ workers: 0, settings: { ...KEYED, CORS_ORIGINS: '*' } });
  const { key } = await makeKey(keyed, 'school');
  try {
    await pageOf(other, async (page) => {
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'once' };
      const submit = { method: 'POST', headers, body: '{"text":"Slate splits."}' };
      expect(await answerTo(page, `${keyed.url}/v1/jobs`, submit)).toMatchObject({ status: 401, id: 36 });
      const withKey = { ...submit, headers: { ...headers, Authorization: `Bearer ${key}` } };
      expect(await answerTo(page, `${keyed.url}/v1/jobs`, withKey)).toMatchObject({ status: 202, id: 36 });
      // No cookie and no password of the browser's goes along, whoever asks for that.
      expect(await answerTo(page, `${keyed.url}/v1/queue`, { credentials: 'include' })).toBe(WITHHELD);
    });
  } finally {
    await keyed.close();
  }
});
