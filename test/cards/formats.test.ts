import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Card } from '@flashcards/shared/contract/deck';
import type { Job } from '@flashcards/shared/contract/job';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { Collection, openPackage } from '../harness/readers/anki';
import { READERS } from '../harness/readers/deck-readers';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { CHINESE } from '../harness/texts';

const SLOW = 'standin/extractive-4000ms';
// A busy machine is slow to start processes.
jest.setTimeout(60_000);

let pair: Pair;
let redis: Redis;
let job: Job;
const folder = mkdtempSync(join(tmpdir(), 'flashcards-formats-'));
beforeAll(async () => {
  pair = await Pair.start({ apis: 1, settings: { MAX_CARDS: 500, MODEL_FALLBACKS: SLOW } });
  redis = new Redis(pair.redis.url);
  job = await pair.finished({
    text: CHINESE,
    options: { types: ['basic', 'reversed', 'cloze', 'choice'], tags: ['生物'], title: '光合作用: 第1章' },
  });
}, 60_000);
afterAll(async () => {
  redis.disconnect();
  await pair.close();
  rmSync(folder, { recursive: true });
});

const NAMES = Object.keys(FORMATS) as FormatName[];
const download = async (query: string, headers: Record<string, string> = {}, id = job.id, url = pair.url) => {
  const response = await fetch(`${url}/v1/jobs/${id}/cards${query}`, { headers });
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
};
const problem = async (query: string, headers: Record<string, string> = {}) =>
  (await pair.call('GET', `/v1/jobs/${job.id}/cards${query}`, undefined, headers)) as unknown as {
    status: number;
    body: { code: string; detail: string; errors: { pointer: string }[] };
  };

test.each(NAMES)('a deck is downloaded as %s with its type, a name in Chinese, and all its cards', async (name) => {
  const { status, headers, bytes } = await download(`?format=${name}`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe(FORMATS[name].mediaType);
  expect(headers.get('content-length')).toBe(String(bytes.length));
  const file = `${encodeURIComponent('光合作用 第1章')}.${FORMATS[name].extension}`;
  expect(headers.get('content-disposition')).toBe(
    `attachment; filename=deck.${FORMATS[name].extension}; filename*=UTF-8''${file}`,
  );
  const seen = await READERS[name](bytes);
  const cards = job.result?.deck.cards.length as number;
  if (name === 'obsidian') expect(String(Buffer.from(bytes)).split('\n\n')).toHaveLength(cards + 1);
  else expect(seen.length).toBeGreaterThanOrEqual(cards);
});

test('the format follows Accept where none is named', async () => {
  const { headers } = await download('', { Accept: 'text/csv, application/json;q=0.5' });
  expect([headers.get('content-type'), headers.get('vary')]).toEqual([FORMATS.csv.mediaType, 'Accept']);
  expect((await download('', { Accept: 'text/html,*/*;q=0.8' })).headers.get('content-type')).toContain('json');
});

test('a client that accepts no format of a deck gets the list of formats', async () => {
  const { status, body } = await problem('', { Accept: 'image/png' });
  expect([status, body.code]).toEqual([406, 'not_acceptable']);
  for (const name of NAMES) expect(body.detail).toContain(FORMATS[name].mediaType.split(';')[0]);
});

test.each([
  ['?format=docx', ['/query/format']],
  ['?format=csv&bom=perhaps', ['/query/bom']],
  ['?format=json&bom=true&deck=x', ['/query/bom', '/query/deck']],
  ['?format=anki-txt&type=essay', ['/query/type']],
  ['?format=anki-txt&notetype=a%0Ab', ['/query/notetype']],
  ['?format=csv&typo=1', ['/query/typo']],
])('the options in %s are refused by name', async (query, pointers) => {
  const { status, body } = await problem(query);
  expect([status, body.code]).toEqual([422, 'invalid_request']);
  expect(body.errors.map(({ pointer }) => pointer)).toEqual(pointers);
});

test('a job without a deck has no file', async () => {
  const failed = await pair.finished({ text: '好' });
  const answer = await pair.call('GET', `/v1/jobs/${failed.id}/cards?format=apkg`);
  expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('a spreadsheet in Chinese opens with a byte order mark', async () => {
  const { bytes } = await download('?format=csv&bom=true&formula_guard=true');
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
});

describe('an Anki package', () => {
  test('is read by another reader of such files, in a deck by its name', async () => {
    const { bytes } = await download('?format=apkg&deck=Biology::%E6%A4%8D%E7%89%A9');
    const file = join(folder, 'deck.apkg');
    writeFileSync(file, bytes);
    const read = JSON.parse(execFileSync(process.execPath, [join(__dirname, '../harness/readers/read-apkg.mjs'), file], { encoding: 'utf8' })) as {
      version: number;
      decks: { name: string; cards: { fields: Record<string, string>; model: string }[] }[];
    }; // prettier-ignore
    expect(read.version).toBe(11);
    const deck = read.decks.find(({ name }) => name === 'Biology::植物');
    const ids = new Set(deck?.cards.map(({ fields }) => fields['CardId']));
    expect(ids).toEqual(new Set(job.result?.deck.cards.map(({ id }) => id)));
    for (const { fields } of deck?.cards ?? []) expect(CHINESE).toContain(fields['Quote']);
  });

  test('is the same to the byte on every replica, wherever its clock is', async () => {
    const elsewhere = await pair.addApi({ TZ: 'Asia/Shanghai' });
    const [here, there] = [await download('?format=apkg'), await download('?format=apkg', {}, job.id, elsewhere.url)];
    expect(Buffer.from(there.bytes).equals(here.bytes)).toBe(true);
    await elsewhere.stop();
  });

  const again = async (headers: Record<string, string>) => {
    const options = { types: ['basic', 'reversed', 'cloze', 'choice'], tags: ['生物'], title: '光合作用: 第1章' };
    const repeated = await pair.finished({ text: CHINESE, options }, headers);
    const collection = new Collection();
    collection.import(await openPackage((await download('?format=apkg')).bytes));
    const log = collection.import(await openPackage((await download('?format=apkg', {}, repeated.id)).bytes));
    return { cache: repeated.cache, log };
  };

  test('of the same deck from the cache changes nothing', async () => {
    expect(await again({})).toMatchObject({ cache: 'hit', log: { new: 0, updated: 0, conflicting: 0 } });
  });

  test('of a deck that was made again from the same text doubles no note', async () => {
    expect(await again({ 'Cache-Control': 'no-cache' })).toMatchObject({
      cache: 'miss',
      log: { new: 0, conflicting: 0 },
    });
  });
});

test('the cards of a canceled job are a package too, the same whenever it is read', async () => {
  const { id } = await pair.submit({ text: `${CHINESE}慢。`, options: { model: SLOW } });
  await eventually(async () => {
    const { body } = await pair.call('GET', `/v1/jobs/${id}/cards`);
    expect((body as { cards: Card[] }).cards.length).toBeGreaterThan(0);
  });
  expect((await download('?format=apkg', {}, id)).status).toBe(409);
  await pair.call('POST', `/v1/jobs/${id}/cancel`);
  const [first, second] = [await download('?format=apkg', {}, id), await download('?format=apkg', {}, id)];
  expect((await openPackage(first.bytes)).notes.length).toBeGreaterThan(0);
  expect(Buffer.from(second.bytes).equals(first.bytes)).toBe(true);
});

describe('a deck of 500 cards', () => {
  let big: string;
  beforeAll(async () => {
    const made = await pair.finished({ text: `${CHINESE}大。` });
    big = made.id;
    const result = made.result as NonNullable<Job['result']>;
    const [first] = result.deck.cards as [Card];
    const cards = Array.from({ length: 500 }, (_none, i) => ({
      ...first,
      id: `c_${i.toString(16).padStart(12, '0')}`,
      front: `${first.front} ${i}`,
    }));
    await redis.hset(
      `{flashcards}:job:${big}`,
      'result',
      JSON.stringify({ ...result, deck: { ...result.deck, cards } }),
    );
  });

  test('is made beside the API, which answers everybody else meanwhile', async () => {
    let done = false;
    const file = download('?format=apkg', {}, big).finally(() => (done = true));
    let answered = 0;
    while (!done) {
      expect((await fetch(`${pair.url}/livez`)).status).toBe(200);
      answered += 1;
    }
    expect(answered).toBeGreaterThan(5);
    expect((await openPackage((await file).bytes)).notes).toHaveLength(500);
  });

  test('is made for 20 clients at once, one after the other', async () => {
    const files = await Promise.all(Array.from({ length: 20 }, () => download('?format=apkg', {}, big)));
    const made = files.filter(({ status }) => status === 200);
    // What takes longer than a request may is refused as such, and never half a file.
    expect(new Set(files.map(({ status }) => status))).not.toContain(500);
    for (const { bytes } of made) expect(bytes.length).toBe(made[0]?.bytes.length);
    expect(made.length).toBeGreaterThan(0);
  });
});

test('an API that makes packages needs no more memory than one that never did, and keeps nothing of it', async () => {
  const idle = await pair.addApi();
  const residentMegabytes = async (): Promise<number> => {
    const metrics = await (await fetch(`${idle.opsUrl}/metrics`)).text();
    return Number(/^flashcards_process_resident_memory_bytes\S* (\d+)/m.exec(metrics)?.[1]) / 1_048_576;
  };
  // An idle API needs 105 MiB with Node 20, and 124 MiB with Node 24. SQLite would add 25 MiB.
  const limit = (await residentMegabytes()) + 10;
  expect(idle.children()).toEqual([]);
  await download('?format=apkg', {}, job.id, idle.url);
  expect(idle.children()).toHaveLength(1);
  expect(await residentMegabytes()).toBeLessThan(limit);
  await eventually(() => expect(idle.children()).toEqual([]), 20_000);
  await download('?format=apkg', {}, job.id, idle.url);
  const [renderer] = idle.children();
  expect(await idle.stop()).toBe(0);
  await eventually(() => expect(() => process.kill(renderer as number, 0)).toThrow());
}, 60_000);

test('a renderer that dies costs its file alone', async () => {
  const api = await pair.addApi();
  await download('?format=apkg', {}, job.id, api.url);
  process.kill(api.children()[0] as number, 'SIGKILL');
  await eventually(async () => expect((await download('?format=apkg', {}, job.id, api.url)).status).toBe(200));
  expect((await fetch(`${api.url}/livez`)).status).toBe(200);
  await api.stop();
});
