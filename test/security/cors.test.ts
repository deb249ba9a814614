// Pages of other origins: none may use the API unless CORS_ORIGINS names it, and then with a key of its own and no cookie.
import { submitBounds } from '@flashcards/shared/contract/body-bounds';
import { routes } from '../../services/api/src/routes';
import { Follower } from '../harness/stack/follow';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Nginx, findNginx } from '../harness/servers/nginx';
import { Pair, type Service } from '../harness/stack/pair';

jest.setTimeout(60_000);
const APP = 'https://app.example';
const LOCAL = 'http://localhost:3000';
let keyed: Pair;
let listed: Service;
let any: Service;
let off: Service;
let ann: MadeKey;
beforeAll(async () => {
  keyed = await Pair.start({ apis: 0, workers: 0, settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 20 } });
  off = await keyed.addApi();
  listed = await keyed.addApi({ CORS_ORIGINS: `${APP}, ${LOCAL}` });
  any = await keyed.addApi({ CORS_ORIGINS: '*' });
  ann = await makeKey(keyed, 'ann');
});
afterAll(() => keyed.close());

type Headers_ = Record<string, string>;
const cross = (origin: string): Headers_ => ({ Origin: origin, 'Sec-Fetch-Site': 'cross-site' });
const preflight = (api: Service, path: string, origin: string, method = 'POST') =>
  fetch(api.url + path, {
    method: 'OPTIONS',
    headers: { ...cross(origin), 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'authorization' },
  }); // prettier-ignore
const ask = (api: Service, method: string, path: string, headers: Headers_, body?: unknown) =>
  keyed.call(method, path, body, headers, api.url);
/** What an answer says to browsers: name -> value. */
const said = ({ headers }: { headers: Headers }): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'));
const list = (text: string | null): string[] => (text ?? '').split(',').map((name) => name.trim().toLowerCase());
const limits = { maxTextChars: 10_000, maxCards: 50, models: ['standin/extractive'], webhooks: undefined };

test('row 97: without CORS_ORIGINS no answer speaks to a page of another origin, and a preflight is refused', async () => {
  for (const path of ['/v1/jobs', '/v1/queue', '/openapi.json', '/nothing'])
    expect(said(await ask(off, 'GET', path, cross(APP)))).toEqual({});
  const refused = await preflight(off, '/v1/jobs', APP);
  expect([refused.status, refused.headers.get('allow'), said(refused)]).toEqual([405, 'POST, GET, HEAD', {}]);
  expect((await ask(off, 'POST', '/v1/jobs', { ...cross(APP), ...bearer(ann) }, { text: 'A.' })).status).toBe(403);
});

test('row 97: a preflight of each endpoint names its methods, what may be sent, and for how long that holds', async () => {
  for (const { path, method } of routes(limits)) {
    const at = path.replace(/\{\w+\}/g, 'no-such-thing');
    const answer = await preflight(listed, at, APP, method.toUpperCase());
    expect([path, answer.status, await answer.text()]).toEqual([path, 204, '']);
    const { 'access-control-allow-methods': methods = '', 'access-control-allow-headers': sent = '', ...others } = said(answer); // prettier-ignore
    expect(list(methods)).toContain(method);
    expect(list(sent)).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'prefer', 'last-event-id']),
    );
    expect(others).toMatchObject({ 'access-control-allow-origin': APP, 'access-control-max-age': '7200', vary: 'Origin' }); // prettier-ignore
    expect(others).not.toHaveProperty('access-control-allow-credentials');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  }
  const { headers } = await preflight(listed, '/v1/jobs/no-such-job/cancel', APP);
  expect(headers.get('access-control-allow-methods')).toBe('POST');
});

test('row 97: a page may send every header that an endpoint reads', async () => {
  const documented = routes(limits).flatMap(({ headers = {} }) => Object.keys(headers));
  const allowed = list((await preflight(listed, '/v1/jobs', APP)).headers.get('access-control-allow-headers'));
  expect(documented.length).toBeGreaterThan(4);
  expect(documented.filter((name) => name !== 'Accept' && !allowed.includes(name.toLowerCase()))).toEqual([]);
});

test('row 97: a page of a listed origin reads every answer, errors and streams too, and all that it says', async () => {
  const headers = { ...cross(LOCAL), ...bearer(ann), 'Idempotency-Key': 'cors-1', Prefer: 'respond-async' };
  const text = { text: 'Chalk is a soft rock.' };
  const made = await ask(listed, 'POST', '/v1/jobs', headers, text);
  const { id } = made.body as { id: string };
  const answers = [
    made,
    await ask(listed, 'POST', '/v1/jobs', headers, text),
    await ask(listed, 'GET', `/v1/jobs/${id}`, headers),
    await ask(listed, 'GET', `/v1/jobs/${id}/cards?format=csv`, headers),
    await ask(listed, 'GET', '/v1/queue', cross(LOCAL)),
    await ask(listed, 'GET', '/v1/jobs', cross(LOCAL)),
    await ask(listed, 'POST', '/v1/jobs', headers, { text: '' }),
    await ask(listed, 'POST', '/v1/jobs', headers, ' '.repeat(submitBounds(10_000).bytes + 1)),
    await ask(listed, 'PATCH', '/v1/jobs', headers),
    await ask(listed, 'GET', '/nothing', headers),
    await ask(listed, 'POST', `/v1/jobs/${id}/cancel`, headers),
  ];
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 200, 409, 200, 401, 422, 413, 405, 404, 200]);
  const follower = await Follower.start(`${listed.url}/v1/jobs/${id}/events`, headers);
  expect(follower.headers.get('access-control-allow-origin')).toBe(LOCAL);
  follower.hangUp();
  const [first] = answers;
  const exposed = list(first?.headers.get('access-control-expose-headers') ?? '');
  // What browsers let every page read, what speaks to the browser itself, and what a connection needs.
  const others = /^(cache-control|content-(length|type|security-policy)|vary|access-control-.*|cross-origin-.*|strict-transport-security|x-content-type-options|x-frame-options|referrer-policy|date|connection|keep-alive|transfer-encoding)$/;
  for (const answer of answers) {
    expect(said(answer)).toMatchObject({ 'access-control-allow-origin': LOCAL, vary: 'Origin' });
    expect([...answer.headers.keys()].filter((name) => !others.test(name) && !exposed.includes(name))).toEqual([]);
  }
  expect(exposed).toEqual(expect.arrayContaining(['content-disposition', 'idempotent-replayed', 'retry-after']));
}); // prettier-ignore

test('row 97: a page of an origin that is not listed reads nothing and changes nothing', async () => {
  for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null']) {
    const read = await ask(listed, 'GET', '/v1/jobs', { ...cross(origin), ...bearer(ann) });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
    expect((await preflight(listed, '/v1/jobs', origin)).headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask(listed, 'POST', '/v1/jobs', { ...cross(origin), ...bearer(ann) }, { text: 'A.' })).status).toBe(403); // prettier-ignore
  }
});

test('row 97: * is every origin, always without cookies and passwords, and only where there are keys', async () => {
  const answer = await ask(any, 'GET', '/v1/queue', cross('https://anywhere.example'));
  expect(said(answer)).toMatchObject({ 'access-control-allow-origin': '*' });
  expect(said(answer)).not.toHaveProperty('access-control-allow-credentials');
  expect((await ask(any, 'POST', '/v1/jobs', { ...cross('null'), ...bearer(ann) }, { text: 'Slate splits.' })).status).toBe(202); // prettier-ignore
  await expect(keyed.addApi({ AUTH: 'open', CORS_ORIGINS: '*' })).rejects.toThrow('CORS_ORIGINS=*');
  await expect(keyed.addApi({ CORS_ORIGINS: `${APP}/` })).rejects.toThrow(`write ${APP}`);
});

test('row 97: the operations port has no other origins, whatever is listed', async () => {
  const answer = await fetch(`${listed.opsUrl}/admin/keys`, { headers: { Origin: APP } });
  expect([answer.status, said(answer)]).toEqual([401, {}]);
});

test('row 97: the page of the service stays cacheable by origin and by coding', async () => {
  const home = await (await fetch(listed.url)).text();
  const asset = /"(\/assets\/[^"]+\.js)"/.exec(home)?.[1] ?? '';
  const { headers } = await fetch(listed.url + asset, { headers: { Origin: APP } });
  expect(list(headers.get('vary')).sort()).toEqual(['accept-encoding', 'origin']);
  expect(list((await fetch(off.url + asset)).headers.get('vary'))).toEqual(['accept-encoding']);
});

const binary = findNginx();
const behind = binary || process.env['CI'] ? describe : describe.skip; // CI has to have one

behind('behind nginx', () => {
  const start = (setting: string, api: string) => Nginx.start(binary, api, { CORS_ORIGINS: setting });
  const large = ' '.repeat(20_000);

  test('row 97: a page of a listed origin reads what nginx answers by itself, and no other does', async () => {
    const nginx = await start(`${APP}, ${LOCAL}`, listed.url);
    const read = async (origin: string, method: string, path: string, body = '') => {
      const { status, headers } = await nginx.request(method, path, { Origin: origin }, body);
      return [status, headers['access-control-allow-origin'], headers['vary']];
    };
    try {
      for (const origin of [APP, LOCAL]) {
        expect(await read(origin, 'POST', '/v1/jobs', large)).toEqual([401, origin, 'Origin']); // by nginx
        expect(await read(origin, 'POST', '/v1/data', large)).toEqual([413, origin, 'Origin']);
        expect(await read(origin, 'GET', '/metrics')).toEqual([404, origin, 'Origin']);
        expect(await read(origin, 'GET', '/v1/jobs')).toEqual([401, origin, 'Origin']); // by the API
      }
      for (const origin of ['https://evil.example', 'https://appXexample', `${APP}.evil.example`, '*'])
        for (const path of ['/v1/jobs', '/v1/data'])
          expect((await read(origin, 'POST', path, large))[1]).toBeUndefined();
    } finally {
      await nginx.stop();
    }
  });

  test.each([
    ['*', '*'],
    ['', undefined],
  ])('row 97: with CORS_ORIGINS=%j any page reads for %j', async (setting, origin) => {
    const nginx = await start(setting, (setting === '' ? off : any).url);
    try {
      for (const path of ['/v1/jobs', '/v1/data']) {
        const { headers } = await nginx.request('POST', path, { Origin: 'https://anywhere.example' }, large);
        expect(headers['access-control-allow-origin']).toBe(origin);
      }
    } finally {
      await nginx.stop();
    }
  });
});
