import { type Socket, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { type Answered, Nginx, findNginx } from '../harness/servers/nginx';
import { MARKS, type Send, batchOf, sendTo } from '../harness/servers/send';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(60_000);
const binary = findNginx();
let pair: Pair;
let ann: MadeKey;
let nginx: Nginx | undefined;
beforeAll(async () => {
  pair = await Pair.start({ workers: 0, settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1 } });
  ann = await makeKey(pair, 'ann');
  if (binary) nginx = await Nginx.start(binary, pair.url);
});
afterAll(async () => {
  await nginx?.stop();
  await pair.close();
});

/** To the API itself, with any header and any bytes. */
const direct = sendTo(() => pair.url);
const proxied: Send = (method, path, headers, body) => (nginx as Nginx).request(method, path, headers, body as string);

const OPEN_ROUTES: [string, Send][] = [['the API', direct]];
if (binary) OPEN_ROUTES.push(['nginx', proxied]);
// Where nobody can bring one, what passes through it is not tested; CI has to.
else (process.env['CI'] ? test : test.skip)('nginx is there: apt-get install nginx', () => expect(binary).not.toBe(''));

const json = (key: MadeKey) => ({ ...bearer(key), 'Content-Type': 'application/json' });
const codeOf = ({ text }: Answered): string => (JSON.parse(text) as { code: string }).code;
const BATCH = '/v1/jobs/batch';
const LEAKS = /\bat .*\.(js|ts):\d+|node_modules|\/home\/|\/app\/|\/tmp\/|ioredis|ReplyError|ECONN/;

describe.each(OPEN_ROUTES)('through %s', (_name, send) => {
  const post = (body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/jobs') =>
    send('POST', path, { ...json(ann), 'Content-Length': String(Buffer.byteLength(body)), ...headers }, body);

  test('row 1: without a key nothing is read, and the answer says what is needed', async () => {
    const answer = await send('GET', '/v1/jobs');
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  });

  test('row 3: a key in the query is no key, and is in no log', async () => {
    expect((await send('GET', `/v1/jobs?api_key=${ann.key}`)).status).toBe(401);
    const logs = pair.apis.flatMap(({ lines }) => lines).join('\n') + (nginx?.log() ?? '');
    expect(logs).not.toContain(ann.key.slice(4, 40));
  });

  test("row 14: what is not a client's to set is refused", async () => {
    for (const field of ['tenant', 'state', 'status', 'attempts', 'id', 'created_at'])
      expect((await post(JSON.stringify({ text: 'A.', [field]: 'x' }))).status).toBe(422);
  });

  test.each(['/metrics', '/admin/keys', '/admin/queues', '/startz'])('rows 15, 16: %s is not here', async (path) => {
    const answer = await send('GET', path, bearer(ann));
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found']);
  });

  test('row 17: readiness says ok and nothing else', async () => {
    expect(await send('GET', '/readyz')).toMatchObject({ status: 200, text: 'ok' });
  });

  test.each([
    ['TRACE', '/v1/jobs'],
    ['PUT', '/v1/jobs'],
    ['GET', '/no/such'],
    ['PATCH', '/generate'],
  ])('row 18: %s %s is refused without a stack', async (method, path) => {
    const answer = await send(method, path);
    expect([404, 405]).toContain(answer.status);
    expect(answer.text).not.toMatch(LEAKS);
  });

  test('row 19: a body over the limit is a 413', async () => {
    const answer = await post(JSON.stringify({ text: 'a'.repeat(200_000) }));
    expect([answer.status, codeOf(answer)]).toEqual([413, 'too_large']);
  });

  test.each(['gzip', 'br', 'GZIP', 'identity, gzip', 'x'])(
    'row 20: a body with Content-Encoding %s is a 415 that says to send it uncompressed',
    async (coding) => {
      const answer = await post(gzipSync(batchOf('0,'.repeat(4_000_000))), { 'Content-Encoding': coding }, BATCH);
      expect([answer.status, codeOf(answer)]).toEqual([415, 'unsupported_media_type']);
      expect(answer.text).toContain('Send it uncompressed.');
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  test('row 20: a body that says it is not compressed is taken', async () => {
    expect((await post('{"text":"Plain."}', { 'Content-Encoding': 'Identity' })).status).toBe(202);
  });

  test.each([
    'text/plain',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'multipart/form-data',
    '',
  ])('row 21: a body as %p is a 415', async (type) => {
    const answer = await post('{"text":"A."}', { 'Content-Type': type });
    expect(answer.status).toBe(415);
  });

  test.each(['', '{', '7', 'null', '"a"', '{"text":NaN}', "{'text':1}", '{"text":"a",}', 'undefined'])(
    'rows 22, 23: %p is a 400 and never a 500',
    async (body) => {
      expect((await post(body)).status).toBe(400);
    },
  );

  test.each([
    ['1,500 levels', `{"text":${'['.repeat(1_500)}${']'.repeat(1_500)}}`, 'more than 8 levels'],
    ['thousands of values in a list', `{"text":"A.","options":{"types":[${'0,'.repeat(70_000)}0]}}`, 'more than 256'],
    ['thousands of fields', `{"text":"A.",${Array.from({ length: 9_000 }, (_none, i) => `"${i}":0`).join()}}`, 'more than 256'],
  ])('row 23: %s are a 400 that says how many are allowed, and never a 500', async (_what, body, expected) => {
    const answer = await post(body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'malformed_request']);
    expect(answer.text).toContain(expected);
  }); // prettier-ignore

  test('row 91: millions of values in a batch are a 400, and the service lives', async () => {
    const answer = await post(batchOf('0,'.repeat(4_000_000)), {}, BATCH);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'malformed_request']);
    expect((await send('GET', '/livez')).status).toBe(200);
  });

  test('row 22: a body that is not UTF-8 is a 400', async () => {
    const answer = await post(Buffer.from('{"text":"caf\xe9"}', 'latin1'));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'malformed_request']);
    expect(answer.text).toContain('UTF-8');
  });

  test('row 24: prototype keys are refused and change nothing', async () => {
    expect((await post('{"text":"A.","__proto__":{"polluted":1}}')).status).toBe(400);
    expect((await post('{"text":"A.","constructor":{"prototype":{"polluted":1}}}')).status).toBe(422);
    expect((await post('{"text":"A.","metadata":{"__proto__":"x"}}')).status).toBe(400);
  });

  test('row 25: of two keys the last wins, as documented', async () => {
    expect((await post('{"text":"","text":"The last one wins here."}')).status).toBe(202);
  });

  test('row 26: NUL and lone surrogates are refused, combining marks are counted as code points', async () => {
    for (const bad of ['"a\\u0000"', '"\\ud800"', '"a\\udfffb"', '"\\u001b[31m"'])
      expect((await post(`{"text":${bad}}`)).status).toBe(422);
    expect((await post(JSON.stringify({ text: 'e\u0301'.repeat(5_000) }))).status).toBe(202);
    expect((await post(JSON.stringify({ text: 'e\u0301'.repeat(5_001) }))).status).toBe(422);
  });

  test('row 92: a run of combining marks is a 422 that says where it is, in a batch for each item', async () => {
    const text = MARKS;
    const detail = 'has 9980 combining marks in a row at offset 5 (in UTF-16 code units); at most 30 are allowed';
    const alone = await post(JSON.stringify({ text }));
    expect(alone.status).toBe(422);
    expect(JSON.parse(alone.text)).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/text', detail }] });
    const batch = await post(JSON.stringify({ jobs: Array(100).fill({ text }) }), {}, BATCH);
    const { items } = JSON.parse(batch.text) as { items: { problem: { errors: unknown } }[] };
    expect(items.map(({ problem }) => problem.errors)).toEqual(
      items.map((_item, i) => [{ pointer: `/jobs/${i}/text`, detail }]),
    );
    expect(items).toHaveLength(100);
  });

  test('row 29: header bombs are refused', async () => {
    expect([400, 431]).toContain((await send('GET', '/v1/queue', { 'X-Large': 'a'.repeat(20_000) })).status);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_none, i) => [`X-Many-${i}`, 'a']));
    expect([400, 431]).toContain((await send('GET', '/v1/queue', many)).status);
  });

  test('row 39: answers carry the headers that keep a browser out, and no version', async () => {
    const { headers } = await send('GET', '/v1/jobs', bearer(ann));
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['server'] ?? 'nginx').toBe('nginx');
  });

  test('row 40: no other origin is let in', async () => {
    const { headers } = await send('GET', '/v1/queue', { Origin: 'https://evil.test' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each([
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
    ['Origin', 'https://evil.test'],
    ['Origin', 'null'],
  ])('row 94: a page with %s: %s changes nothing, and may read', async (name, value) => {
    const answer = await post('{"text":"A."}', { [name]: value });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'forbidden']);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    const cancel = await send('POST', '/v1/jobs/no-such-job/cancel', { ...bearer(ann), [name]: value });
    expect(cancel.status).toBe(403);
    expect((await send('GET', '/v1/jobs', { ...bearer(ann), [name]: value })).status).toBe(200);
  });

  test('row 94: what a page of this origin sends is taken', async () => {
    expect((await post('{"text":"Own."}', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' })).status).toBe(202);
  });

  test.each([
    ['with a blank', 'a b'],
    ['of 5,000 letters', 'x'.repeat(5_000)],
    ['with a tag', '<script>'],
    ['that climbs', '../../etc'],
    ['beyond ASCII', 'ünï'],
  ])('row 42: a request id %s is replaced', async (_what, id) => {
    const { headers } = await send('GET', '/v1/queue', { 'X-Request-Id': Buffer.from(id).toString('latin1') });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

/** Bytes as they are; what comes back until the other side closes. */
function raw(socket: Socket, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const done = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('close', done).on('error', done);
    socket.setTimeout(5_000, done);
    socket.write(bytes);
  });
}
const rawDirect = (bytes: string): Promise<string> => {
  const { hostname, port } = new URL(pair.url);
  return raw(connect(Number(port), hostname), bytes);
};
const rawProxied = (bytes: string): Promise<string> => {
  const { port, serverName: servername } = nginx as Nginx;
  return raw(connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false }), bytes);
};

const BATCH_HEAD = 'POST /v1/jobs/batch HTTP/1.1\r\nHost: flashcards.test\r\nContent-Type: application/json\r\n';
const SMUGGLED = 'GET /admin/keys HTTP/1.1\r\nHost: x\r\n\r\n';
describe.each(
  binary
    ? ([
        ['the API', rawDirect],
        ['nginx', rawProxied],
      ] as const)
    : ([['the API', rawDirect]] as const),
)('bytes through %s', (_name, talk) => {
  const head = 'POST /v1/jobs HTTP/1.1\r\nHost: flashcards.test\r\nContent-Type: application/json\r\n';
  test.each([
    [
      'a length and a transfer encoding',
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'two transfer encodings',
      `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${SMUGGLED}`],
    ['a length that is none', `${head}Content-Length: +2\r\n\r\n{}${SMUGGLED}`],
  ])('row 28: %s are a 400 and the end of the connection', async (_what, bytes) => {
    const answers = [...(await talk(bytes)).matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    expect(answers).toEqual(['400']);
  });
});

test('rows 20, 91: bodies of the operations port are bounded too', async () => {
  const operator = await makeKey(pair, 'operators', '--scopes', 'admin');
  const create = (body: string, headers: Record<string, string> = {}) =>
    pair.call('POST', '/admin/keys', body, { ...bearer(operator), ...headers }, pair.apis[0]?.opsUrl);
  const zeros = `{"tenant":"eva","scopes":[${'0,'.repeat(7_000)}0]}`;
  expect(await create('{"tenant":"eva"}', { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 415 });
  expect(await create(zeros)).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
  expect(await create('{"tenant":"eva"}')).toMatchObject({ status: 201 });
});

test.each([
  ['of eight MiB', 'Content-Length: 8388608\r\n\r\n'],
  ['that says no length', 'Transfer-Encoding: chunked\r\n\r\n800000\r\n'],
])('row 95: the API reads nothing of a body %s without a good key, and ends the connection', async (_what, rest) => {
  const head = `${BATCH_HEAD}Authorization: Bearer fck_wrong\r\n`;
  expect(await rawDirect(`${head}${rest}${'1'.repeat(1_000_000)}`)).toMatch(/^HTTP\/1\.1 401 [^]*^Connection: close/m);
  // What is small is read, so that the connection can be used again.
  const small = `${head}Content-Length: 2\r\n`;
  expect((await rawDirect(`${small}\r\n{}${small}Connection: close\r\n\r\n{}`)).match(/HTTP\/1\.1 401 /g)).toHaveLength(
    2,
  );
});

test('row 30: headers that come one by one end after ten seconds', async () => {
  const { hostname, port } = new URL(pair.url);
  const socket = connect(Number(port), hostname);
  const start = Date.now();
  let sent = 0;
  const timer = setInterval(() => socket.write(`X-Slow-${(sent += 1)}: a\r\n`), 500);
  await raw(socket.setTimeout(0), 'GET /v1/queue HTTP/1.1\r\nHost: x\r\n').finally(() => clearInterval(timer));
  expect(Date.now() - start).toBeLessThan(15_000);
});

(binary ? describe : describe.skip)('behind nginx', () => {
  test('row 32: one address has so many connections, and more of them are refused', async () => {
    const { port, serverName: servername } = nginx as Nginx;
    const sockets = Array.from({ length: 40 }, () =>
      connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false }),
    );
    const statuses: number[] = [];
    for (const socket of sockets) {
      socket.on('data', (data: Buffer) => statuses.push(Number(/HTTP\/1\.1 (\d{3})/.exec(data.toString())?.[1])));
      socket.on('error', () => undefined);
      // Its body never comes, so it stays.
      socket.write('POST /v1/jobs HTTP/1.1\r\nHost: flashcards.test\r\nContent-Length: 100\r\n\r\n');
    }
    await eventually(() => expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(15));
    sockets.forEach((socket) => socket.destroy());
    await eventually(async () => expect((await proxied('GET', '/readyz')).status).toBe(200));
  });

  test('row 33: an address cannot be made up: past twenty failed keys every further one is a 429', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const headers = { Authorization: 'Bearer fck_made_up', 'X-Forwarded-For': `198.51.100.${i}` };
      // From an address of its own: the refusals of the tests above count too.
      statuses.push((await (nginx as Nginx).request('GET', '/v1/jobs', headers, '', '127.0.0.33')).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.slice(20)).toEqual(Array.from({ length: 10 }, () => 429));
  });
});

test('row 36: with Redis frozen a submit is a 503 within two seconds, and what needs no Redis answers', async () => {
  await direct('GET', '/v1/jobs', { ...bearer(ann), 'X-Forwarded-For': '10.9.9.9' });
  pair.redis.signal('SIGSTOP');
  const start = Date.now();
  const answer = await direct(
    'POST',
    '/v1/jobs',
    { ...json(ann), 'X-Forwarded-For': '10.9.9.9', 'Content-Length': '13' },
    '{"text":"A."}',
  );
  const took = Date.now() - start;
  const live = await direct('GET', '/livez');
  pair.redis.signal('SIGCONT');
  expect([answer.status, codeOf(answer)]).toEqual([503, 'queue_unavailable']);
  expect(answer.text).not.toMatch(LEAKS);
  expect(took).toBeLessThan(2_500);
  expect(live.status).toBe(200);
});
