import { createSocket } from 'node:dgram';
import { type Server as HttpServer, createServer } from 'node:http';
import { type AddressInfo, type Server, createServer as createTcpServer } from 'node:net';
import { parseCidrs } from '@flashcards/shared/contract/addresses';
import { createResolve } from './resolve';
import { createSafeAgents } from './safe-url';
import { createSend } from './send';

// Loopback addresses of this test's own: one is inner, one stands for what may be reached.
// The third byte keeps runs at the same time apart.
const RUN = 1 + (process.pid % 250);
const INNER = `127.91.${RUN}.77`;
const OUTER = `127.91.${RUN}.50`;
const INNER_NUMBER = ((127 * 256 + 91) * 256 + RUN) * 256 + 77;
const INNER_HEX = INNER_NUMBER.toString(16);
const INNER_PORT = 8_443; // one that the internet's webhooks may use, so that only the address is wrong

let canary: Server;
let hits = 0;
let outer: HttpServer;
let outerHits: string[] = [];
const answers = new Map<string, string[][]>();
const names = createSocket('udp4');

/** A name server: of each name the answers in turn, the last one for good. */
function answerQuery(query: Buffer): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const isIPv4Wanted = query.readUInt16BE(at + 1) === 1;
  const turns = answers.get(labels.join('.').toLowerCase()) ?? [];
  const addresses = isIPv4Wanted ? ((turns.length > 1 ? turns.shift() : turns[0]) ?? []) : [];
  const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, addresses.length, 0, 0, 0, 0]);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));

beforeAll(async () => {
  canary = createTcpServer((socket) => {
    hits += 1;
    socket.destroy();
  });
  await listening(canary, INNER_PORT, INNER);
  outer = createServer((request, response) => {
    outerHits.push(request.url ?? '');
    if (request.url === '/redirect') response.writeHead(302, { Location: `https://${INNER}:${INNER_PORT}/` });
    response.end('ok');
  });
  await listening(outer, 0, OUTER);
  names.on('message', (query, { port, address }) => names.send(answerQuery(query), port, address));
  await new Promise<void>((resolve) => names.bind(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  names.close();
  await Promise.all([canary, outer].map((server) => new Promise((resolve) => server.close(resolve))));
});
beforeEach(() => {
  hits = 0;
  outerHits = [];
});

const agents = (cidrs = `${OUTER}/32`) =>
  createSafeAgents(parseCidrs(cidrs), createResolve([`127.0.0.1:${names.address().port}`]));
const post = (url: string, through = agents()) =>
  createSend(through, 3_000)({ url, body: Buffer.from('{}'), headers: {}, signal: new AbortController().signal });
const outerUrl = (host: string, path = '/') => `http://${host}:${(outer.address() as AddressInfo).port}${path}`;

test('the canary of these tests is there, and is reached where it may be', async () => {
  await post(`http://${INNER}:${INNER_PORT}/`, agents(`${INNER}/32`));
  expect(hits).toBe(1);
});

test.each([
  INNER, String(INNER_NUMBER), `0x${INNER_HEX}`, `0177.91.${RUN}.77`, `127.91.${RUN * 256 + 77}`, `${INNER}.`,
  `[::ffff:${INNER}]`, `[::ffff:${INNER_HEX.slice(0, 4)}:${INNER_HEX.slice(4)}]`,
])('https://%s never reaches an inner address', async (host) => {
  expect(await post(`https://${host}:${INNER_PORT}/`)).toMatchObject({ status: null, reason: 'address_refused' });
  expect(hits).toBe(0);
}); // prettier-ignore

test.each(['0.0.0.0', '[::]', '[::1]', '127.0.0.1', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '169.254.169.254', '[fd00:ec2::254]'])(
  'https://%s is refused before a connection',
  async (host) => expect(await post(`https://${host}/`)).toMatchObject({ status: null, reason: 'address_refused' }),
); // prettier-ignore

test.each(['localhost', 'localhost.', 'a.localhost'])('https://%s is refused', async (host) => {
  expect(await post(`https://${host}:${INNER_PORT}/`)).toMatchObject({ reason: /address_refused|name_not_found/ });
});

test('a name that leads to an inner address reaches nothing', async () => {
  answers.set('inner.example', [[INNER]]);
  expect(await post(`https://inner.example:${INNER_PORT}/`)).toMatchObject({ reason: 'address_refused' });
  expect(await post(`https://INNER.example.:${INNER_PORT}/`)).toMatchObject({ reason: 'address_refused' });
  expect(hits).toBe(0);
});

test('a name that changes its answer is judged by the answer that is connected to', async () => {
  answers.set('rebinds.example', [[OUTER], [INNER]]);
  expect(await post(outerUrl('rebinds.example'))).toMatchObject({ status: 200 });
  expect(await post(`https://rebinds.example:${INNER_PORT}/`)).toMatchObject({ reason: 'address_refused' });
  expect([hits, outerHits.length]).toEqual([0, 1]);
});

test('of a name with several addresses only those that may be reached are tried', async () => {
  answers.set('both.example', [[INNER, OUTER]]);
  expect(await post(outerUrl('both.example'))).toMatchObject({ status: 200, reason: 'ok' });
  expect(hits).toBe(0);
});

test('a redirect is a failure and is not followed', async () => {
  expect(await post(outerUrl(OUTER, '/redirect'))).toMatchObject({ status: 302, reason: 'redirect' });
  expect([hits, outerHits]).toEqual([0, ['/redirect']]);
});

test('a name without an address is told apart', async () => {
  answers.set('none.example', [[]]);
  expect(await post('https://none.example/')).toMatchObject({ status: null, reason: 'name_not_found' });
});

test('proxies of the environment are not used', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { HTTP_PROXY: `http://${INNER}:${INNER_PORT}`, HTTPS_PROXY: `http://${INNER}:${INNER_PORT}` });
  try {
    expect(await post(outerUrl(OUTER))).toMatchObject({ status: 200 });
  } finally {
    process.env = before;
  }
  expect(hits).toBe(0);
}); // prettier-ignore

test('what is not http cannot be sent at all', async () => {
  for (const url of ['data:text/plain,x', 'file:///etc/hostname', 'ftp://a.example/']) {
    expect(await post(url)).toMatchObject({ status: null, reason: 'address_refused' });
  }
});
