import { createSocket } from 'node:dgram';
import { type Server as HttpServer, createServer } from 'node:http';
import { type AddressInfo, type Server, createServer as createTcpServer } from 'node:net';
import { parseCidrs } from '@flashcards/shared/security/addresses';
import { createResolve } from './resolve';
import { ADDRESS_REFUSED, NAME_NOT_FOUND, createSafeAgents, guardedLookup } from './safe-url';
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
const { signal } = new AbortController();
const post = (url: string, through = agents()) =>
  createSend(through, 3_000)({ url, body: Buffer.from('{}'), headers: {}, signal, now: Date.now });
const outerUrl = (host: string, path = '/') => `http://${host}:${(outer.address() as AddressInfo).port}${path}`;

test('the canary of these tests is there, and is reached where it may be', async () => {
  await post(`http://${INNER}:${INNER_PORT}/`, agents(`${INNER}/32`));
  expect(hits).toBe(1);
});

test.each([
  INNER,
  String(INNER_NUMBER),
  `0x${INNER_HEX}`,
  `0177.91.${RUN}.77`,
  `127.91.${RUN * 256 + 77}`,
  `${INNER}.`,
  `[::ffff:${INNER}]`,
  `[::ffff:${INNER_HEX.slice(0, 4)}:${INNER_HEX.slice(4)}]`,
])('https://%s never reaches an inner address', async (host) => {
  expect(await post(`https://${host}:${INNER_PORT}/`)).toMatchObject({ status: null, reason: 'address_refused' });
  expect(hits).toBe(0);
});

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

test('a name without an address has an error of its own', async () => {
  answers.set('none.example', [[]]);
  expect(await post('https://none.example/')).toMatchObject({ status: null, reason: 'name_not_found' });
});

test('proxies of the environment are not used', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    HTTP_PROXY: `http://${INNER}:${INNER_PORT}`,
    HTTPS_PROXY: `http://${INNER}:${INNER_PORT}`,
  });
  try {
    expect(await post(outerUrl(OUTER))).toMatchObject({ status: 200 });
  } finally {
    process.env = before;
  }
  expect(hits).toBe(0);
});

test('what is not http cannot be sent at all', async () => {
  for (const url of ['data:text/plain,x', 'file:///etc/hostname', 'ftp://a.example/']) {
    expect(await post(url)).toMatchObject({ status: null, reason: 'address_refused' });
  }
});

test('http is not for the internet, whatever the port', async () => {
  for (const url of ['http://1.1.1.1/', 'http://1.1.1.1:443/', 'http://[2606:4700:4700::1111]:8443/'])
    expect(await post(url)).toMatchObject({ status: null, reason: 'address_refused' });
});

test('the address that was reached is judged once more, before a byte is written', async () => {
  const bytes: Buffer[] = [];
  const server = createTcpServer((socket) =>
    socket.on('data', (data: Buffer) => bytes.push(data)).on('error', () => undefined),
  );
  await listening(server, 0, OUTER);
  const { port } = server.address() as AddressInfo;
  const judged: string[] = [];
  const turning = { isEmpty: false, has: (address: string) => judged.push(address) === 1 };
  const through = createSafeAgents(turning, createResolve([]));
  expect(await post(`http://${OUTER}:${port}/`, through)).toMatchObject({ reason: 'address_refused' });
  expect([judged, bytes]).toEqual([[OUTER, OUTER], []]);
  await new Promise((resolve) => server.close(resolve));
});

test('connections are not kept: each is judged', async () => {
  const { httpAgent, httpsAgent } = agents();
  expect([httpAgent, httpsAgent].map((agent) => (agent as unknown as { keepAlive: boolean }).keepAlive)).toEqual([
    false,
    false,
  ]);
});

describe('a name is looked up', () => {
  const BOTH = ['192.0.2.1', '2001:db8::1', '192.0.2.2'];
  const lookups: string[] = [];
  type Found = string | { address: string; family: number }[];
  const look = (options: object, addresses = BOTH, permitted = BOTH) =>
    new Promise<{ code: string | undefined; found: Found; family: number | undefined }>((resolve) => {
      const resolver = async (name: string) => {
        lookups.push(name);
        return addresses;
      };
      const permits = (address: string, port: number) => port === 443 && permitted.includes(address);
      guardedLookup(resolver, 443, permits)('a.example.', options, (error, found, family) =>
        resolve({ code: error?.code, found: found, family }),
      );
    });
  const four = [
    { address: '192.0.2.1', family: 4 },
    { address: '192.0.2.2', family: 4 },
  ];
  const six = [{ address: '2001:db8::1', family: 6 }];

  test.each([
    ['any', {}, [four[0], six[0], four[1]]],
    ['any, by its number', { family: 0 }, [four[0], six[0], four[1]]],
    ['IPv4', { family: 4 }, four],
    ['IPv4, by its name', { family: 'IPv4' }, four],
    ['IPv6', { family: 6 }, six],
    ['IPv6, by its name', { family: 'IPv6' }, six],
  ])('in the family that is asked for: %s', async (_what, options, found) => {
    expect(await look({ ...options, all: true })).toEqual({ code: undefined, found, family: undefined });
    const [first] = found;
    expect(await look(options)).toEqual({ code: undefined, found: first?.address, family: first?.family });
  });

  test('without the dot of the root, and what may not be reached is left out', async () => {
    expect(await look({ all: true }, BOTH, ['192.0.2.2'])).toMatchObject({ found: [four[1]] });
    expect(lookups.at(-1)).toBe('a.example');
  });

  test('and refused with what is wrong: nothing to be found, or nothing that may be reached', async () => {
    expect(await look({}, [])).toEqual({ code: NAME_NOT_FOUND, found: [], family: undefined });
    expect(await look({}, BOTH, [])).toEqual({ code: ADDRESS_REFUSED, found: [], family: undefined });
    expect(await look({ family: 6 }, ['192.0.2.1'])).toEqual({ code: ADDRESS_REFUSED, found: [], family: undefined });
    const failing = guardedLookup(
      () => Promise.reject(new Error('away')),
      443,
      () => true,
    );
    const code = await new Promise((resolve) =>
      failing('a.example', {}, (error, found) => resolve([error?.code, found])),
    );
    expect(code).toEqual([NAME_NOT_FOUND, []]);
  });
});
