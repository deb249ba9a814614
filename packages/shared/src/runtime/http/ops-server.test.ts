import { request } from 'node:http';
import { Registry } from 'prom-client';
import { type Probes, startOpsServer, urlOf } from './ops-server';
import { type Hosts, hostsOf } from './request-guard';

const opened: { close(): unknown }[] = [];
afterAll(() => opened.forEach((server) => server.close()));

const HOSTS = hostsOf('127.0.0.1', 'cards.example');
const LIVING: Probes = { live: () => true, ready: () => true };

type Status = (path: string, headers?: Record<string, string>, method?: string) => Promise<number | undefined>;

async function start(probes: Probes, hosts: Hosts = HOSTS): Promise<Status> {
  const { server, port } = await startOpsServer({ host: '127.0.0.1', port: 0, hosts }, new Registry(), probes);
  opened.push(server);
  return (path, headers = {}, method = 'GET') =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
}

test('an operations port says where it can be opened, with brackets around an IPv6 address', async () => {
  const { server, port, url } = await startOpsServer(
    { host: '127.0.0.1', port: 0, hosts: HOSTS },
    new Registry(),
    LIVING,
  );
  opened.push(server);
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect(new URL(urlOf('::1', port)).host).toBe(`[::1]:${port}`);
});

test('a container is unhealthy until the process was ready once, and an outage later does not make it so', async () => {
  let ready: () => boolean | Promise<boolean> = () => false;
  let live = true;
  const status = await start({ live: () => live, ready: () => ready() });
  expect(await status('/startz')).toBe(503);
  ready = () => Promise.reject(new Error('Redis is away'));
  expect(await status('/startz')).toBe(503);
  ready = () => true;
  expect(await status('/startz')).toBe(200);
  ready = () => false;
  expect(await status('/startz')).toBe(200);
  expect(await status('/readyz')).toBe(503);
  live = false;
  expect(await status('/startz')).toBe(503);
});

describe.each(['/livez', '/readyz', '/startz', '/metrics', '/metrics?x'])('%s on loopback', (path) => {
  test('answers to names of this machine and to allowed ones, and to no other', async () => {
    const status = await start(LIVING);
    expect(await status(path)).toBe(200);
    expect(await status(path, { Host: 'cards.example:9100' })).toBe(200);
    expect(await status(path, { Host: 'evil.example:9100' })).toBe(421);
  });

  test('does nothing for a page of another origin', async () => {
    const status = await start(LIVING);
    expect(await status(path, { 'Sec-Fetch-Site': 'cross-site' }, 'POST')).toBe(403);
    expect(await status(path, { Origin: 'null' }, 'POST')).toBe(403);
  });

  test('answers to any name where the port is not on loopback', async () => {
    const status = await start(LIVING, hostsOf('0.0.0.0', ''));
    expect(await status(path, { Host: 'api:9100' })).toBe(200);
  });
});

test('a path that there is not tells a foreign name no more than any other path', async () => {
  const status = await start(LIVING);
  expect(await status('/nothing')).toBe(404);
  expect(await status('/nothing', { Host: 'evil.example:9100' })).toBe(421);
  expect(await status('/nothing', { 'Sec-Fetch-Site': 'cross-site' }, 'POST')).toBe(403);
});
