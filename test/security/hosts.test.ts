// Loopback is no boundary where a browser lives: any page may send requests here, and under a name of its own read answers.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Nginx, findNginx } from '../harness/servers/nginx';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair, type Service } from '../harness/stack/pair';

jest.setTimeout(60_000);
let pair: Pair;
let keyed: Pair;
let operator: MadeKey;
beforeAll(async () => {
  pair = await Pair.start({ settings: { ALLOWED_HOSTS: 'cards.example' } });
  keyed = await Pair.start({ workers: 0, settings: KEYED });
  operator = await makeKey(keyed, 'operators', '--scopes', 'admin');
});
afterAll(() => Promise.all([pair.close(), keyed.close()]));

interface Got {
  readonly status: number | undefined;
  readonly text: string;
}

const ask = (url: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (data: string) => (text += data));
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    });
    sent.on('error', reject).end();
  });

const api = (): Service => pair.apis[0] as Service;
const PORTS: readonly (readonly [name: string, url: () => string, paths: readonly string[]])[] = [
  ['the API', () => api().url, ['/', '/v1/jobs', '/v1/queue', '/health', '/docs', '/livez', '/readyz']],
  ['the operations port of the API', () => api().opsUrl, ['/metrics', '/livez', '/readyz', '/startz']],
  ['the operations port of a worker', () => pair.workers[0]?.opsUrl ?? '', ['/metrics', '/livez', '/readyz', '/startz']],
]; // prettier-ignore

describe.each(PORTS)('row 93: %s in open mode', (_name, url, paths) => {
  test.each(paths)('%s answers to loopback and to allowed names, and to no other', async (path) => {
    const { port } = new URL(url());
    for (const host of [`localhost:${port}`, `[::1]:${port}`, 'cards.example', `cards.example:${port}`])
      expect((await ask(url(), path, { Host: host })).status).toBe(200);
    const { status, text } = await ask(url(), path, { Host: `evil.example:${port}` });
    expect(status).toBe(421);
    expect(text).toContain('misdirected');
    expect(text).toContain('ALLOWED_HOSTS');
  });

  test('a request without a host gets nothing', async () => {
    const { hostname, port } = new URL(url());
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(`GET ${paths[0]} HTTP/1.0\r\n\r\n`));
      let text = '';
      socket.on('data', (data) => (text += data.toString())).on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  });
});

test('row 93: in open mode the operations port answers to no other name where it listens for a network either', async () => {
  const { opsUrl } = await pair.addApi({ OPS_HOST: '0.0.0.0' });
  const { port } = new URL(opsUrl);
  const reached = `http://127.0.0.1:${port}`;
  expect((await ask(reached, '/metrics', { Host: `evil.example:${port}` })).status).toBe(421);
  for (const host of [`localhost:${port}`, `172.18.0.5:${port}`, 'cards.example'])
    expect((await ask(reached, '/metrics', { Host: host })).status).toBe(200);
});

test('row 93: with keys the API answers to any name, and administration on loopback does not', async () => {
  const { url, opsUrl } = keyed.apis[0] as Service;
  expect((await ask(url, '/v1/queue', { Host: 'evil.example' })).status).toBe(200);
  for (const path of ['/admin/keys', '/admin/queues']) {
    const { status, text } = await ask(opsUrl, path, { ...bearer(operator), Host: 'evil.example' });
    expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([421, 'misdirected']);
  }
  expect((await ask(opsUrl, '/admin/keys', bearer(operator))).status).toBe(200);
});

test('row 94: a page of another origin cancels nothing, and regenerates no card', async () => {
  const job = await pair.finished({ text: 'Basalt is a dark volcanic rock that forms when lava cools quickly.' });
  const card = job.result?.deck.cards[0]?.id;
  const { port } = new URL(pair.url);
  for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'http://localhost:1' }, { Origin: 'null' }])
    for (const path of [`/v1/jobs/${job.id}/cancel`, `/v1/jobs/${job.id}/cards/${card}/regenerate`])
      expect((await ask(pair.url, path, headers, 'POST')).status).toBe(403);
  const own = { Host: `localhost:${port}`, Origin: `http://localhost:${port}` };
  expect((await ask(pair.url, `/v1/jobs/${job.id}/cancel`, own, 'POST')).status).toBe(200);
});

test('row 94: a page of another origin makes no key, also where a browser holds the password', async () => {
  const { opsUrl } = keyed.apis[0] as Service;
  const password = Buffer.from(`admin:${operator.key}`).toString('base64');
  const { status } = await ask(
    opsUrl,
    '/admin/tenants/eva/webhook-secret',
    { Authorization: `Basic ${password}`, 'Sec-Fetch-Site': 'cross-site' },
    'POST',
  );
  expect(status).toBe(403);
});

const binary = findNginx();
const behind = binary || process.env['CI'] ? describe : describe.skip; // CI has to have one

behind('the nginx of a trial', () => {
  test('row 93: shows Prometheus, which answers to any name, under names of loopback alone', async () => {
    let calls = 0;
    // It is somebody else's, and all that counts here is whether it is asked.
    const prometheus = createServer((_request, response) => (calls++, response.end('up')));
    await once(prometheus.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
    const nginx = await Nginx.start(binary, api().url, { AUTH: 'open', prometheus: address });
    const { prometheusPort: port } = nginx;
    const read = (host: string) => ask(`http://127.0.0.1:${port}`, '/api/v1/query?query=up', { Host: host });
    try {
      for (const host of ['localhost', 'prometheus.localhost', '127.0.0.1', '[::1]', nginx.serverName])
        expect(await read(`${host}:${port}`)).toEqual({ status: 200, text: 'up' });
      const before = calls;
      for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', 'evillocalhost', '0.0.0.0'])
        expect(await read(`${host}:${port}`)).toMatchObject({ status: 421 });
      expect(calls).toBe(before);
    } finally {
      await nginx.stop();
      prometheus.close();
    }
  });
});
