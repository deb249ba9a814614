import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import initSqlJs from 'sql.js';
import { Visit, launch } from '../harness/browser';
import { eventually } from '../harness/eventually';
import { Started } from '../harness/stack/started';
import { CHINESE } from '../harness/texts';

let site: Started;
let browser: Browser;
let seen: Visit;
let page: Page;
jest.setTimeout(60_000);
const card = (number: number) => page.locator(`#card-${number}`);

beforeAll(async () => {
  site = await Started.start();
  browser = await launch();
});
beforeEach(async () => {
  seen = await Visit.begin(browser, `${site.url}/`, { locale: 'zh-CN', acceptDownloads: true });
  page = seen.page;
  await page.locator('#text').fill(`${CHINESE}\n\n${expect.getState().currentTestName}`);
  await page.locator('.send .main').click();
  await page.locator('.account').waitFor();
});
afterEach(async () => {
  await seen.end();
  expect(seen.faults).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function download(name: string): Promise<Buffer> {
  await page.getByText('下载', { exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
  return readFileSync(await file.path());
}

test('a card that was edited says so, stays so after a reload, and is so in every file', async () => {
  await card(1).getByRole('button', { name: /^编辑/ }).click();
  await page.getByLabel('正面').fill('绿色植物怎样制造有机物？');
  await seen.picture('edit-zh');
  expect(await seen.barriers()).toEqual([]);
  await page.getByRole('button', { name: '保存' }).click();
  await card(1).getByText('已编辑').waitFor();
  await page.reload();
  await card(1).getByText('绿色植物怎样制造有机物？').waitFor();

  const rows = parse<Record<string, string>>((await download('电子表格')).toString(), { bom: true, columns: true });
  expect(rows.length).toBeGreaterThanOrEqual(5);
  expect(JSON.stringify(rows[0])).toContain('绿色植物怎样制造有机物？');

  const { 'collection.anki2': collection } = unzipSync(new Uint8Array(await download('Anki 卡组')));
  const { Database } = await initSqlJs();
  const notes = new Database(collection).exec('select flds from notes')[0]?.values.flat().map(String) ?? [];
  expect(notes).toHaveLength(rows.length);
  expect(notes.join('\n')).toContain('绿色植物怎样制造有机物？');
});

test('an edit that the card does not bear is refused beside the card, field by field', async () => {
  const cloze = page.locator('.card.cloze').first();
  await cloze.getByRole('button', { name: /^编辑/ }).click();
  await page.getByLabel('正面').fill('没有挖空的句子。');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('/front must hide words').waitFor();
  // The refusal of a request is what this is about; a browser logs it as an error.
  expect(seen.faults.splice(0)).toEqual([expect.stringContaining('422')]);
});

test('a rejected card is out of files and study, and can be taken back', async () => {
  const count = await page.locator('.cards li.card').count();
  await card(2).focus();
  await page.keyboard.press('x');
  await card(2).getByText('已舍弃').waitFor();
  await seen.picture('rejected-zh');
  expect(await seen.barriers()).toEqual([]);
  const deck = JSON.parse((await download('JSON .json')).toString()) as { cards: unknown[] };
  expect(deck.cards).toHaveLength(count - 1);
  await card(2).getByRole('button', { name: /^恢复/ }).click();
  await eventually(async () => expect(await card(2).getAttribute('class')).not.toContain('rejected'));
});

test('another version of a card is shown beside it, and takes its place only when it is wanted', async () => {
  await card(3).getByRole('button', { name: /^编辑/ }).click();
  await page.getByLabel('正面').fill('这一题要换掉。');
  await page.getByRole('button', { name: '保存' }).click();
  const again = card(3).getByRole('button', { name: /^换一版/ });
  const proposal = card(3).locator('.proposal');
  await again.click();
  await proposal.waitFor();
  await card(3).scrollIntoViewIfNeeded();
  await seen.picture('another-zh');
  expect(await seen.barriers()).toEqual([]);
  const words = await proposal.locator('.front').innerText();
  expect(words).not.toBe('这一题要换掉。');
  await proposal.getByRole('button', { name: '保留原来的' }).click();
  expect(await card(3).locator('.faces .front').innerText()).toBe('这一题要换掉。');
  await again.click();
  await proposal.getByLabel('说说怎么改').fill('问得短一些');
  const [request] = await Promise.all([
    page.waitForRequest('**/regenerate'),
    proposal.getByRole('button', { name: '再换一版' }).click(),
  ]);
  expect(request.postDataJSON()).toEqual({ focus: '问得短一些' });
  await proposal.getByRole('button', { name: '再换一版', disabled: false }).waitFor();
  await proposal.getByRole('button', { name: '采用' }).click();
  await eventually(async () => expect(await card(3).locator('.faces .front').innerText()).toBe(words));
});

test('a deck can be erased from here, and then it is gone from the server too', async () => {
  const id = page.url().split('/').at(-1) ?? '';
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(`${site.url}/#/`);
  await page.getByRole('button', { name: /^删除/ }).first().click();
  await eventually(async () => expect(await page.locator('.decks li').count()).toBe(0));
  expect((await site.call('GET', `/v1/jobs/${id}`)).status).toBe(404);
});
