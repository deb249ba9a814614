import { Registry } from 'prom-client';
import { type Probes, startOpsServer } from './ops-server';

const opened: { close(): unknown }[] = [];
afterAll(() => opened.forEach((server) => server.close()));

async function start(probes: Probes): Promise<(path: string) => Promise<number>> {
  const { server, port } = await startOpsServer({ host: '127.0.0.1', port: 0 }, new Registry(), probes);
  opened.push(server);
  return async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
}

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
