import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { Visit, launch } from '../harness/browser';
import { CuttingProxy } from '../harness/cutting-proxy';
import { KEYED, makeKey } from '../harness/keys';
import { Pair } from '../harness/pair';
import { ENGLISH } from '../harness/texts';

const CLIENT = readFileSync(join(__dirname, '../../packages/client/dist/index.mjs'));
let pair: Pair;
let browser: Browser;
jest.setTimeout(60_000);
beforeAll(async () => {
  pair = await Pair.start();
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await pair.close();
});

/** What a page with the client does with the API of its own origin, written as people write it. */
const SCRIPT = `
  const { Flashcards, verifyWebhook, ApiError } = await import('/client.mjs');
  const flashcards = new Flashcards();
  const job = await flashcards.submit({ text, options: { cards: 4 } });
  const told = [];
  for await (const event of flashcards.stream(job.id)) if (event.type === 'card') told.push(event.data.id);
  const ended = await flashcards.wait(job.id, { timeoutSeconds: 20 });
  const { bytes } = await flashcards.cards(job.id, 'json');
  const refused = await flashcards.submit({ text: '' }).catch((error) => error instanceof ApiError && error.code);
  const headers = { 'webhook-id': 'a', 'webhook-timestamp': '1614265330', 'webhook-signature': signature };
  const event = await verifyWebhook('{}', headers, 'whsec_c2VjcmV0', { now: 1614265330000 });
  await flashcards.erase(job.id);
  const gone = await flashcards.job(job.id).catch((error) => error.status);
  return { told, cards: ended.result.deck.cards.map(({ id }) => id), bytes: bytes.length, refused, event, gone };`;

test('the client does in a browser what it does in Node', async () => {
  const { createHmac } = await import('node:crypto');
  const signature = `v1,${createHmac('sha256', 'secret').update('a.1614265330.{}').digest('base64')}`;
  const api = await new CuttingProxy(pair.url, () => 'pass').start();
  const site = createServer((request, response) => {
    if (request.url === '/client.mjs') return response.setHeader('Content-Type', 'text/javascript').end(CLIENT);
    if (request.url === '/')
      return response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>');
    return api.forward(request, response);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const seen = await Visit.begin(browser, `http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  try {
    const code = `(async (text, signature) => {${SCRIPT}})(${JSON.stringify(ENGLISH)}, ${JSON.stringify(signature)})`;
    const done = await seen.page.evaluate<{ told: string[]; cards: string[]; bytes: number }>(code);
    expect(done).toMatchObject({ refused: 'invalid_request', event: {}, gone: 404 });
    expect(done.told.sort()).toEqual(done.cards.sort());
    expect(done.cards.length).toBeGreaterThanOrEqual(3);
    expect(done.bytes).toBeGreaterThan(200);
  } finally {
    await seen.end();
    site.close();
    api.close();
  }
});

test('where keys are on, the page asks for one when the server does, keeps it for this tab, and goes on', async () => {
  const keyed = await Pair.start({ settings: KEYED });
  const { key } = await makeKey(keyed, 'school');
  const seen = await Visit.begin(browser, `${keyed.url}/`);
  const { page } = seen;
  const field = page.getByLabel('API key', { exact: true });
  try {
    await page.locator('#text').fill(`${ENGLISH}\n\nKeys.`);
    expect(await page.locator('.key-form').count()).toBe(0);
    await page.locator('.send .main').click();
    await field.fill(key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')));
    await seen.picture('key-en');
    expect(await seen.barriers()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('The server did not take this key.').waitFor();
    await field.fill(key);
    await page.keyboard.press('Enter');
    await page.locator('.account').waitFor();
    await page.reload();
    await page.locator('.account').waitFor();
    expect(await page.evaluate("localStorage.getItem('flashcards.key')")).toBeNull();
    await page.getByRole('button', { name: 'Forget the API key' }).click();
    await field.waitFor();
    // What the server refused is what this is about; a browser logs it as an error.
    expect(seen.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
  } finally {
    await seen.end();
    await keyed.close();
  }
});
