import { HTTP_ERRORS, JOB_ERRORS } from '@flashcards/shared/contract/errors';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type OutgoingHttpHeaders, get, request } from 'node:http';
import { en } from '../../packages/page/src/words/en';
import { REASONS as WORDS } from '../../packages/page/src/words/reasons';
import { zh } from '../../packages/page/src/words/zh';
import { REASONS } from '../../services/worker/src/decks/gate/reasons';
import { Pair } from '../harness/stack/pair';

let pair: Pair;
jest.setTimeout(60_000);
beforeAll(async () => {
  pair = await Pair.start({ workers: 0 });
});
afterAll(() => pair.close());

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Names as they came, lower case: one twice stands here twice. */
  readonly names: readonly string[];
  readonly body: Buffer;
}

/** An answer with its bytes as they came. */
function raw(path: string, headers: OutgoingHttpHeaders = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    get(pair.url + path, { headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers as never,
          names: answer.rawHeaders.filter((_value, index) => index % 2 === 0).map((name) => name.toLowerCase()),
          body: Buffer.concat(pieces),
        }),
      );
    }).on('error', reject);
  });
}
const assetsIn = (html: Buffer): string[] =>
  [...String(html).matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);

test('the whole page is at most 60 kB on the wire, its assets the same in every coding, and HTML is never compressed', async () => {
  const home = await raw('/', { 'accept-encoding': 'br' });
  expect(home.headers['content-encoding']).toBeUndefined();
  const paths = assetsIn(home.body);
  expect(paths.length).toBeGreaterThanOrEqual(4);
  let bytes = home.body.length;
  for (const path of paths) {
    const [plain, zipped, small] = await Promise.all(
      ['identity', 'gzip', 'br'].map((coding) => raw(path, { 'accept-encoding': coding })),
    );
    expect(small?.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(small?.body ?? '')).toEqual(plain?.body);
    expect(gunzipSync(zipped?.body ?? '')).toEqual(plain?.body);
    expect(zipped?.headers['vary']).toBe('Accept-Encoding');
    bytes += small?.body.length ?? 0;
  }
  expect(bytes).toBeLessThanOrEqual(60_000);
});

test('assets are kept for good, pages are asked for again and cost nothing when they are the same', async () => {
  const home = await raw('/');
  expect(home.headers['cache-control']).toBe('no-cache');
  const again = await raw('/', { 'if-none-match': home.headers['etag'] });
  expect([again.status, again.body.length]).toEqual([304, 0]);
  for (const path of assetsIn(home.body)) {
    expect((await raw(path)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  }
});

test.each(['/', '/docs', '/docs/errors'])(
  '%s may run nothing but the scripts of its origin, and sends each header once',
  async (path) => {
    const { headers, names, body } = await raw(path);
    expect(names).toEqual([...new Set(names)]);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(String(body)).not.toMatch(/<script(?![^>]* src="\/)|<style| style="| on[a-z]+="|(src|href)="(https?:)?\/\//);
  },
);

test('a page is read only, and what is not there is a problem as everywhere', async () => {
  const status = await new Promise<number>((resolve) => {
    request(`${pair.url}/docs`, { method: 'POST' }, (answer) => resolve(answer.resume().statusCode ?? 0)).end();
  });
  expect(status).toBe(405);
  const missing = await raw('/assets/app-0000000000.js');
  expect([missing.status, missing.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
});

test('the type of every problem leads to its section', async () => {
  const { type } = JSON.parse(String((await raw('/nothing')).body)) as { type: string };
  expect(type).toBe('/docs/errors#not_found');
  const page = String((await raw('/docs/errors')).body);
  for (const code of Object.keys({ ...HTTP_ERRORS, ...JOB_ERRORS })) expect(page).toContain(`<h2 id="${code}">`);
});

test('no link of the documentation leads nowhere', async () => {
  const seen = new Map<string, string>();
  const queue = ['/docs'];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    const { status, body } = await raw(path);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    const html = path.startsWith('/docs') ? String(body) : '';
    seen.set(path, html);
    for (const [, href = ''] of html.matchAll(/ href="(\/[^"#]*)/g)) queue.push(href);
  }
  expect([...seen.keys()]).toEqual(expect.arrayContaining(['/docs/quick-start', '/docs/webhooks', '/docs/formats']));
  const lost = [...seen].flatMap(([path, html]) =>
    [...html.matchAll(/ href="([^"]*)#([^"]+)"/g)].flatMap(([link, to = '', id]) =>
      seen.get(to || path)?.includes(`id="${id}"`) ? [] : [`${path}: ${link}`],
    ),
  );
  expect(lost).toEqual([]);
});

test('every reason to drop a card and every failure of a job has its words in both languages', () => {
  expect(Object.keys(WORDS).sort()).toEqual(Object.keys(REASONS).sort());
  for (const words of [en, zh])
    expect(Object.keys(words.errors)).toEqual(expect.arrayContaining(Object.keys(JOB_ERRORS)));
});
