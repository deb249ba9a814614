import { GENERATE_QUEUE } from '@flashcards/shared/queue/queues';
import type { Browser } from 'playwright-core';
import { Visit, launch } from '../harness/browser';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair, type Service } from '../harness/stack/pair';
import { CHINESE } from '../harness/texts';

jest.setTimeout(60_000);
let pair: Pair;
let browser: Browser;
let ann: MadeKey;
let operator: MadeKey;
beforeAll(async () => {
  pair = await Pair.start({ settings: KEYED });
  ann = await makeKey(pair, 'ann');
  operator = await makeKey(pair, 'operators', '--scopes', 'admin');
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await pair.close();
});

test('a browser that is given the key as a password shows what waits, within its policy and without another host', async () => {
  pair.workers[0]?.signal('SIGSTOP');
  const { id } = await pair.submit({ text: CHINESE }, bearer(ann));
  const board = `${(pair.apis[0] as Service).opsUrl}/admin/queues`;
  const visit = await Visit.begin(browser, board, { httpCredentials: { username: 'me', password: operator.key } });
  await visit.page.getByText(GENERATE_QUEUE).first().click();
  await visit.page.getByText(id).first().waitFor();
  await visit.picture('board');
  await visit.page.goto(`${board}/queue/${GENERATE_QUEUE}/${id}`);
  await visit.page.getByText(id).first().waitFor();
  for (const tab of ['Progress', 'Options', 'Logs', 'Error']) await visit.page.getByText(tab, { exact: true }).click();
  await visit.picture('board-job');
  expect(await visit.page.content()).not.toContain(CHINESE.slice(0, 6));
  expect(visit.faults).toEqual([]);
  await visit.end();
});
