// What nginx spends on those whose key is not good: no temporary file, and no memory beyond what each address may hold.
import { connect as connectHttp2 } from 'node:http2';
import { makeApiKey } from '@flashcards/shared/security/api-key';
import { routes } from '../../services/api/src/routes';
import { CuttingProxy } from '../harness/servers/cutting-proxy';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { type Answered, Nginx, findNginx } from '../harness/servers/nginx';
import { sendTo } from '../harness/servers/send';
import { BATCH, CHUNKED, LENGTH, maxTemporary, ones, statusesOf, upload } from '../harness/servers/uploads';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(90_000);
const binary = findNginx();
const behind = binary || process.env['CI'] ? describe : describe.skip; // CI has to have one
const STRANGERS = 16;
const MIB = 1_048_576;
/** Of a body up to which nginx asks nobody. */
const SMALL = 15_999;
let pair: Pair;
let between: CuttingProxy;
let nginx: Nginx;
let ann: MadeKey;
beforeAll(async () => {
  if (!binary) return;
  pair = await Pair.start({ workers: 0, settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1 } });
  between = await new CuttingProxy(pair.url, () => 'pass').start();
  nginx = await Nginx.start(binary, between.url, { MAX_BATCHES_PER_CLIENT: '3' });
  ann = await makeKey(pair, 'ann');
});
afterAll(async () => {
  await nginx?.stop();
  between?.close();
  await pair?.close();
});

const uploadTo = (head: readonly string[], bytes: number, proxy = nginx) => upload(head, bytes, proxy);
const json = { 'Content-Type': 'application/json' };
/** A batch of so many bytes; its text is too long, which only the API says. */
const batch = (bytes: number): string => JSON.stringify({ jobs: [{ text: ones(bytes - 22) }] });

const SENT: readonly (readonly [what: string, head: () => readonly string[], bytes: number])[] = [
  ['without a key', () => [BATCH, LENGTH], MIB],
  ['with a key that nobody has', () => [BATCH, LENGTH, `Authorization: Bearer ${makeApiKey().key}`], MIB],
  ['with a malformed key', () => [BATCH, LENGTH, 'Authorization: Bearer x'], MIB],
  ['in chunks, without a length', () => [BATCH, CHUNKED], MIB],
  ['as a GET', () => ['GET /v1/jobs/batch HTTP/1.1', LENGTH], MIB],
  ['as a single job', () => ['POST /v1/jobs HTTP/1.1', 'Content-Length: 150000'], 140_000],
];

behind('nginx, of those whose key is not good,', () => {
  test.each(SENT)(
    'row 95: keeps nothing of a large body %s, and answers before it has come',
    async (_what, head, bytes) => {
      let statuses: number[] = [];
      const max = await maxTemporary(nginx, async () => {
        statuses = await statusesOf(Array.from({ length: STRANGERS }, () => uploadTo(head(), bytes)));
      });
      expect(statuses.filter((status) => ![401, 429].includes(status))).toEqual([]);
      expect(max).toBe(0);
    },
  );

  test.each(['POST', 'GET'])('row 95: keeps nothing of a body without a length over HTTP/2 (%s)', async (method) => {
    const session = connectHttp2(`https://127.0.0.1:${nginx.port}`, { servername: nginx.serverName, rejectUnauthorized: false }); // prettier-ignore
    session.on('error', () => undefined);
    const headers = { ':method': method, ':path': '/v1/jobs/batch', ':authority': nginx.serverName, ...json };
    const statuses: number[] = [];
    const max = await maxTemporary(nginx, async () => {
      for (let i = 0; i < STRANGERS; i += 1) {
        const stream = session.request(headers, { endStream: false });
        stream.on('response', (answer) => statuses.push(Number(answer[':status']))).on('error', () => undefined);
        stream.write(ones(MIB / 8)); // what a client of Node's keeps at once is bounded
      }
      await eventually(() => expect(statuses).toHaveLength(STRANGERS), 5_000);
    });
    session.destroy();
    expect(statuses.filter((status) => ![401, 429].includes(status))).toEqual([]);
    expect(max).toBe(0);
  });

  test('row 95: keeps no body where none belongs', async () => {
    const heads = ['GET /v1/queue HTTP/1.1', 'POST /nothing HTTP/1.1', 'GET / HTTP/1.1'];
    let statuses: number[] = [];
    const max = await maxTemporary(nginx, async () => {
      statuses = await statusesOf(heads.map((head) => uploadTo([head, 'Content-Length: 150000'], 140_000)));
    });
    expect([statuses, max]).toEqual([[413, 413, 413], 0]);
  });

  test("row 95: refuses in the API's words, and counts a failed key once", async () => {
    const ask = (headers: Record<string, string>) =>
      nginx.request('POST', '/v1/jobs/batch', { ...json, ...headers }, batch(MIB), '127.0.0.40');
    const said = ({ status, headers, text }: Answered) => {
      const { request_id: _id, ...problem } = JSON.parse(text) as Record<string, unknown>;
      const [type, challenge] = [headers['content-type'], headers['www-authenticate']];
      return { status, problem, type: String(type).split(';')[0], challenge, limit: headers['ratelimit'] };
    };
    const small = (headers: Record<string, string>) =>
      nginx.request('POST', '/v1/jobs/batch', { ...json, ...headers }, '{}', '127.0.0.41');
    expect(said(await ask({}))).toEqual(said(await small({})));
    const wrong = { Authorization: 'Bearer fck_wrong' };
    const statuses: number[] = [];
    for (let i = 0; i < 20; i += 1) statuses.push((await ask(wrong)).status, (await small(wrong)).status);
    expect(statuses).toEqual(Array.from({ length: 40 }, () => 401));
    const [refused, other] = [await ask(wrong), await small(wrong)];
    const seconds = /\d+ s\.|t=\d+/g;
    const timeless = (answer: Answered) => JSON.parse(JSON.stringify(said(answer)).replace(seconds, '')) as unknown;
    expect(timeless(refused)).toEqual(timeless(other));
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
  });
});

behind('nginx, of those whose key is good,', () => {
  test('row 95: takes a body of each endpoint that has one, up to the size that the API takes', async () => {
    const limits = { maxTextChars: 10_000, maxCards: 50, models: ['standin/extractive'], webhooks: undefined };
    const taking = routes(limits).filter(({ body }) => body);
    expect(taking.length).toBeGreaterThan(4);
    for (const { method, path, bodyBounds } of taking) {
      const at = path.replace(/\{\w+\}/g, 'no-such-thing');
      const text = batch((bodyBounds?.bytes ?? 152_768) - 1_000);
      const headers = { ...json, ...bearer(ann), 'X-Request-Id': 'r-8' };
      const answer = await nginx.request(method.toUpperCase(), at, headers, text);
      // The API read it to its end, and has its own opinion of what it says.
      expect([path, answer.headers['x-request-id']]).toEqual([path, 'r-8']);
      expect(answer.status).not.toBe(413);
    }
  });

  test('row 95: asks the API about a large body once, and of any other request nothing', async () => {
    const callsOf = async (bytes: number, headers: Record<string, string> = {}): Promise<string[]> => {
      const before = between.seen.length;
      await nginx.request('POST', '/v1/jobs/batch', { ...json, ...bearer(ann), ...headers }, batch(bytes));
      return between.seen.slice(before).map(({ method, url }) => `${method} ${url}`);
    };
    const asked = ['GET /internal/key-check', 'POST /v1/jobs/batch'];
    expect(await callsOf(SMALL)).toEqual(['POST /v1/jobs/batch']);
    expect(await callsOf(SMALL + 1)).toEqual(asked);
    expect(await callsOf(100, { 'Transfer-Encoding': 'chunked' })).toEqual(asked);
    const before = between.seen.length;
    for (const path of ['/v1/jobs', '/v1/queue']) await nginx.request('GET', path, bearer(ann));
    expect(between.seen.slice(before).map(({ url }) => url)).toEqual(['/v1/jobs', '/v1/queue']);
    const { headers } = between.seen.findLast(({ url }) => url === '/internal/key-check') ?? {};
    expect(Object.keys(headers ?? {}).sort()).toEqual(['authorization', 'host', 'x-forwarded-for']);
  });

  test('row 95: holds so many large batches of a key at once, and none of them counts for another key', async () => {
    const bob = await makeKey(pair, 'bob');
    const batches = (count: number, { key }: MadeKey) =>
      Array.from({ length: count }, (_none, i) =>
        uploadTo([BATCH, LENGTH, `Authorization: Bearer${' '.repeat(i + 1)}${key}`], MIB),
      );
    const [first, others] = [batches(5, ann), batches(1, bob)];
    try {
      await eventually(() => expect(first.filter(({ status }) => status === 429)).toHaveLength(2));
      await eventually(() => expect(nginx.temporaryBytes()).toBeGreaterThan(3 * MIB));
      expect(others[0]?.status).toBe(0);
    } finally {
      [...first, ...others].forEach(({ socket }) => socket.destroy());
    }
  });

  test('row 95: reads no large body of a tenant whose large bodies were refused again and again, and serves all else', async () => {
    const [carl, dora] = [await makeKey(pair, 'carl'), await makeKey(pair, 'dora')];
    const large = batch(7 * MIB);
    const post = (key: MadeKey, body: string) => nginx.request('POST', '/v1/jobs/batch', { ...json, ...bearer(key) }, body); // prettier-ignore
    // Each counts as fifteen.
    for (let i = 0; i < 8; i += 1) expect((await post(carl, large)).status).toBe(400);
    const before = between.seen.length;
    const refused = await post(carl, large);
    expect(between.seen.slice(before).map(({ url }) => url)).toEqual(['/internal/key-check']);
    expect(refused).toMatchObject({ status: 429, headers: { ratelimit: expect.stringMatching(/^"refused";r=0;t=\d+$/) as string } }); // prettier-ignore
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'rate_limited', policy: 'refused' });
    const head = { ...json, ...bearer(carl), 'Content-Length': String(large.length) };
    const direct = await sendTo(() => pair.url)('POST', '/v1/jobs/batch', head, '{');
    expect(direct).toMatchObject({ status: 429, headers: { connection: 'close' } });
    expect((await post(carl, JSON.stringify({ jobs: [{ text: 'Chalk is a soft rock.' }] }))).status).toBe(200);
    expect((await post(dora, large)).status).toBe(400);
  });

  test('row 95: nobody outside can ask about a key', async () => {
    for (const path of ['/internal/key-check', '/internal/', '/INTERNAL/key-check', '/v1/../internal/key-check']) {
      const before = between.seen.length;
      const { status, text } = await nginx.request('GET', path, bearer(ann));
      expect([status, JSON.parse(text)]).toMatchObject([404, { code: 'not_found' }]);
      expect(between.seen.slice(before)).toEqual([]);
    }
  });
});

behind('nginx without keys', () => {
  test('row 95: holds so many large batches of an address at once, whatever key it makes up, and serves the others', async () => {
    const open = await Pair.start({ workers: 0, settings: { TRUST_PROXY_HOPS: 1, ALLOWED_HOSTS: 'flashcards.test' } });
    const proxy = await Nginx.start(binary, open.url, { AUTH: 'open', MAX_BATCHES_PER_CLIENT: '3' });
    const heads = Array.from({ length: STRANGERS }, (_none, i) => [
      BATCH,
      LENGTH,
      `Authorization: Bearer made-up-${i}`,
    ]);
    const uploads = heads.map((head) => uploadTo(head, MIB, proxy));
    try {
      await eventually(() => expect(uploads.filter(({ status }) => status === 429)).toHaveLength(STRANGERS - 3));
      await eventually(() => expect(proxy.temporaryBytes()).toBeGreaterThan(2 * MIB));
      expect(proxy.temporaryBytes()).toBeLessThan(4 * MIB);
      expect((await proxy.request('POST', '/v1/jobs/batch', json, batch(MIB), '127.0.0.2')).status).toBe(400);
    } finally {
      uploads.forEach(({ socket }) => socket.destroy());
      await proxy.stop();
      await open.close();
    }
  });

  test('row 95: a large body is an honest 503 while no replica can say whose it is', async () => {
    const gone = await new CuttingProxy(pair.url, () => 'pass').start();
    const proxy = await Nginx.start(binary, gone.url);
    gone.close();
    const { status, headers, text } = await proxy.request('POST', '/v1/jobs/batch', { ...json, ...bearer(ann) }, batch(MIB)); // prettier-ignore
    expect([status, headers['retry-after'], JSON.parse(text)]).toMatchObject([503, '2', { code: 'queue_unavailable' }]);
    await proxy.stop();
  });
});
