import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { Visit, launch } from '../harness/browser';
import { type StoryInput, clientStory, expectStory, signature } from '../harness/client-story';
import { CuttingProxy } from '../harness/servers/cutting-proxy';
import { KEYED, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { Receiver, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { Started } from '../harness/stack/started';
import { ENGLISH } from '../harness/texts';

const CLIENT = readFileSync(join(__dirname, '../../packages/client/dist/index.mjs'));
let site: Started;
let receiver: Receiver;
let browser: Browser;
jest.setTimeout(60_000);
beforeAll(async () => {
  receiver = await Receiver.start();
  site = await Started.start({ WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8', WORKERS: '1' });
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await receiver.close();
  await site.close();
});

test('the client does in a browser what it does in Node', async () => {
  const api = await new CuttingProxy(site.url, () => 'pass').start();
  const other = createServer((request, response) => {
    if (request.url === '/client.mjs') return response.setHeader('Content-Type', 'text/javascript').end(CLIENT);
    if (request.url === '/')
      return response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>');
    return api.forward(request, response);
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const seen = await Visit.begin(browser, `http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  const input: StoryInput = { baseUrl: '', text: ENGLISH, webhook: receiver.url('/page'), signature: signature() };
  try {
    const code = `import('/client.mjs').then((client) => (${clientStory.toString()})(client, ${JSON.stringify(input)}))`;
    expectStory(await seen.page.evaluate<Awaited<ReturnType<typeof clientStory>>>(code));
  } finally {
    await seen.end();
    other.close();
    api.close();
  }
});

test('where keys are on, the page asks for one when the server does, keeps it for this tab, and goes on', async () => {
  // With keys, which npm start has only where it is asked for them.
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
    await page.getByText('The server does not accept this key.').waitFor();
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
