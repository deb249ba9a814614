import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { eventually } from '../harness/eventually';
import { Visit, launch } from '../harness/browser';
import { Pair } from '../harness/stack/pair';
import { Started } from '../harness/stack/started';
import { CHINESE, ENGLISH } from '../harness/texts';

let site: Started;
let browser: Browser;
const visits: Visit[] = [];
/** Slower than any reload. */
const SLOW = 'standin/extractive-8000ms';
jest.setTimeout(60_000);

beforeAll(async () => {
  // Slow enough that a person would see the cards come.
  site = await Started.start({ MODEL: 'standin/extractive-3000ms', MODEL_FALLBACKS: `standin/noisy,${SLOW}` });
  browser = await launch();
});
afterEach(async () => {
  const faults = visits.flatMap((visit) => visit.faults);
  await Promise.all(visits.splice(0).map((visit) => visit.end()));
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function visit(options: BrowserContextOptions = {}, url = site.url): Promise<Visit> {
  const opened = await Visit.begin(browser, `${url}/`, options);
  visits.push(opened);
  return opened;
}
const zh: BrowserContextOptions = { locale: 'zh-CN' };
/** Pastes a text and asks for its cards. A word at its end makes it one of its own, beside the cache. */
async function make(page: Page, text: string, own = ''): Promise<void> {
  await page.locator('#text').fill(own ? `${text}\n\n${own}` : text);
  await page.locator('.send .main').click();
}
const cards = (page: Page) => page.locator('.cards li.card:not(.coming)');
const ended = (page: Page) => page.locator('.account').waitFor();

test('a Chinese text becomes cards one by one, each with its quote marked in the text', async () => {
  const seen = await visit(zh);
  const { page } = seen;
  await seen.picture('start-zh');
  expect(await seen.barriers()).toEqual([]);
  await make(page, CHINESE);
  await page.locator('.job-status').waitFor();
  await cards(page).first().waitFor();
  expect(await page.locator('.job-status').isVisible()).toBe(true);
  await seen.picture('writing-zh');
  expect(await seen.barriers()).toEqual([]);
  await ended(page);
  const count = await cards(page).count();
  expect(count).toBeGreaterThanOrEqual(5);
  await page.getByRole('button', { name: '显示答案', exact: true }).first().click();
  for (let number = 1; number <= count; number += 1) {
    await page.locator(`#card-${number}`).focus();
    const quote = await page.locator(`#card-${number} q`).innerText();
    const marked = await page.locator('.quoted.active').allInnerTexts();
    expect(marked.join('')).toBe(quote.replace(/^“|”$/g, ''));
  }
  await page.locator('#card-1').hover();
  await seen.picture('deck-zh');
  expect(await seen.barriers()).toEqual([]);
});

test('an English text is shown in English, and what was dropped is said in words', async () => {
  const seen = await visit();
  const { page } = seen;
  const id = (await site.finished({ text: `${ENGLISH} Noise.`, options: { model: 'standin/noisy', cards: 12 } })).id;
  await make(page, ENGLISH, 'English.');
  await ended(page);
  expect(await page.locator('h1').innerText()).toContain('Plate tectonics');
  await seen.picture('deck-en', true);
  await page.goto(`${site.url}/#/jobs/${id}`);
  await ended(page);
  expect(await page.locator('.reasons').innerText()).toMatch(
    /quoted words that are not in your text|asked the same as another card/,
  );
  expect(await page.locator('.cards > p').first().innerText()).toContain('was pasted in another browser');
  await seen.picture('dropped-en', true);
  expect(await seen.barriers()).toEqual([]);
});

test('a reload in the middle goes on where the job is', async () => {
  const { page } = await visit();
  await page.route('**/v1/jobs', async (route, request) => {
    const body = request.postDataJSON() as { options: object };
    await route.continue({ postData: { ...body, options: { ...body.options, model: SLOW } } });
  });
  await make(page, ENGLISH, 'Reload.');
  await page.locator('.job-status').waitFor();
  await page.reload();
  await page.locator('.job-status').waitFor();
  await ended(page);
  const job = await site.ended(page.url().split('/').at(-1) ?? '');
  expect(await cards(page).count()).toBe(job.result?.deck.cards.length);
  await page.goto(`${site.url}/#/`);
  expect(await page.locator('.decks li').first().innerText()).toContain('Done');
});

test('a text that was not sent yet survives a reload', async () => {
  const { page } = await visit();
  await page.locator('#text').fill('A thought that is not finished');
  await page.reload();
  expect(await page.locator('#text').inputValue()).toBe('A thought that is not finished');
});

test('a job can be canceled while it is written', async () => {
  const seen = await visit();
  const { page } = seen;
  await make(page, ENGLISH, 'Cancel.');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Canceled. You keep the cards written so far.').waitFor();
  const job = await site.ended(page.url().split('/').at(-1) ?? '');
  expect(job.status).toBe('canceled');
  await seen.picture('canceled-en');
  expect(await seen.barriers()).toEqual([]);
});

test('a job that waits shows its position, and what fails says why and how to go on', async () => {
  // Without a worker, which npm start never is.
  const alone = await Pair.start({ workers: 0, settings: { MODEL: 'standin/extractive' } });
  try {
    for (const n of [1, 2]) await alone.submit({ text: `${ENGLISH} Before ${n}.`, priority: 'interactive' });
    const seen = await visit({}, alone.url);
    const { page } = seen;
    await make(page, 'Yes.');
    await page.getByText('2 ahead of you').waitFor();
    await seen.picture('waiting-en');
    expect(await seen.barriers()).toEqual([]);
    await alone.addWorker();
    await page.getByText('No card was good enough').waitFor();
    await seen.picture('failed-en');
    expect(await seen.barriers()).toEqual([]);
    await page.getByRole('button', { name: 'Back to the text' }).click();
    expect(await page.locator('#text').inputValue()).toBe('Yes.');
  } finally {
    await alone.close();
  }
});

test('everything from the text to the last card of a study can be done from the keyboard', async () => {
  const seen = await visit();
  const { page } = seen;
  const press = (key: string) => page.keyboard.press(key);
  expect(await page.evaluate('document.activeElement.id')).toBe('text');
  await page.keyboard.insertText(`${ENGLISH}\n\nKeyboard.`);
  for (let i = 0; i < 30; i += 1) {
    await press('Tab');
    if (await page.evaluate("document.activeElement.matches('.send .main')")) break;
  }
  await press('Enter');
  await ended(page);
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
  await press('Tab');
  await press('Enter');
  await page.locator('dialog.study').waitFor();
  await press(' ');
  await page.locator('.round q').waitFor();
  await seen.picture('study-en');
  expect(await seen.barriers()).toEqual([]);
  await press('ArrowLeft');
  for (let i = 0; i < 40 && (await page.locator('.score').count()) === 0; i += 1) {
    await press(' ');
    await press('ArrowRight');
  }
  expect(await page.locator('.score').innerText()).toMatch(/You knew (\d+) of (\d+) on the first try/);
  await seen.picture('study-done-en');
  await press('Escape');
  await eventually(async () => expect(await page.locator('dialog.study').count()).toBe(0));
  await page.locator('#card-1').focus();
  await press('j');
  expect(await page.evaluate('document.activeElement.id')).toBe('card-2');
  await press(' ');
  expect(await page.locator('#card-2').getAttribute('class')).toContain('shown');
});

test('on a phone nothing is cut off, and the source is a tap away', async () => {
  const seen = await visit({ ...zh, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page } = seen;
  await seen.picture('phone-start-zh', true);
  await make(page, CHINESE, '手机。');
  await ended(page);
  await page.evaluate('scrollTo(0, 0)');
  await seen.picture('phone-deck-zh');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  await page.locator('#card-2 .faces').tap();
  await page.locator('#card-2 .quote').tap();
  await page.locator('.source-text .active').first().waitFor();
  await eventually(async () =>
    expect(await page.locator('.source-text .active').first().boundingBox()).toMatchObject({
      y: expect.closeTo(400, -3),
    }),
  );
  await seen.picture('phone-source-zh');
  expect(await seen.barriers()).toEqual([]);
});

test('in the dark it is dark, and the choice of language and theme is kept', async () => {
  const seen = await visit({ ...zh, colorScheme: 'dark' });
  const { page } = seen;
  await make(page, CHINESE, '夜。');
  await ended(page);
  await page.locator('#card-2').focus();
  await seen.picture('deck-dark-zh');
  expect(await seen.barriers()).toEqual([]);
  await page.getByRole('button', { name: 'English' }).click();
  await page.locator('.theme').click();
  await page.reload();
  await page.getByRole('button', { name: 'Study' }).waitFor();
  expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('light');
  expect(await page.evaluate('document.documentElement.lang')).toBe('en');
});

test.each(['/docs', '/docs/errors', '/docs/quick-start'])(
  '%s reads well on a phone, in the light and in the dark',
  async (path) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const seen = await visit({ viewport: { width: 390, height: 844 }, isMobile: true, colorScheme });
      await seen.page.goto(site.url + path);
      await seen.picture(`phone${path.replaceAll('/', '-')}-${colorScheme}`);
      expect(await seen.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await seen.barriers()).toEqual([]);
    }
  },
);

test('text files are taken, also older Chinese ones, and others are refused in words', async () => {
  const { page } = await visit(zh);
  const drop = async (name: string, bytes: Buffer) =>
    page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: bytes });
  await drop('a.md', Buffer.from('# 笔记'));
  await eventually(async () => expect(await page.locator('#text').inputValue()).toBe('# 笔记'));
  await drop('gbk.txt', Buffer.from([0xb9, 0xe2, 0xba, 0xcf, 0xd7, 0xf7, 0xd3, 0xc3]));
  await eventually(async () => expect(await page.locator('#text').inputValue()).toBe('光合作用'));
  await drop('a.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]));
  await page.getByText('“a.png”不是文本文件').waitFor();
  await drop('film.mp4', Buffer.alloc(11_000_000));
  await page.getByText('“film.mp4”有 11 MB，最多只能读取 4 MB').waitFor();
});

test('a text that is too long says by how much, and can be cut to fit', async () => {
  const { page } = await visit();
  await page.locator('#text').fill('字'.repeat(10_012));
  expect(await page.locator('#length').innerText()).toContain('12 characters too long');
  expect(await page.locator('.send .main').isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Keep the first 10,000' }).click();
  expect(await page.locator('.send .main').isEnabled()).toBe(true);
});
