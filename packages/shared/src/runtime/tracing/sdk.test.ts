import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTracing, headersOf } from './sdk';

let hung: Server;
beforeAll(async () => {
  hung = createServer(() => undefined);
  await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  hung.closeAllConnections();
  hung.close();
});

test('a receiver that hangs costs a bounded number of spans, the others are dropped and counted, and the end does not wait for it', async () => {
  const counts = { exported: 0, failed: 0, dropped: 0 };
  const warn = jest.fn();
  const tracing = createTracing(
    {
      endpoint: `http://127.0.0.1:${(hung.address() as AddressInfo).port}/`,
      headers: undefined,
      share: 1,
      service: 'api',
      region: '',
    },
    { counted: (outcome, spans) => void (counts[outcome] += spans), logger: { warn } },
  );
  for (let i = 0; i < 5_000; i += 1) tracing.start({ name: 'span', kind: 'internal' }).end();
  expect(counts).toEqual({ exported: 0, failed: 0, dropped: 5_000 - 4_096 });
  expect(warn.mock.calls).toEqual([['traces.lost', { failed: 0, dropped: 1 }]]);
  const start = performance.now();
  await tracing.close();
  expect(performance.now() - start).toBeLessThan(4_000);
});

test('a share of 0 keeps no trace that begins here, and one that a client keeps', () => {
  const tracing = createTracing(
    { endpoint: 'http://127.0.0.1:9', headers: undefined, share: 0, service: 'api', region: '' },
    { counted: () => undefined, logger: { warn: () => undefined } },
  );
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  expect(tracing.start({ name: 'own', kind: 'server' }).traceparent).toMatch(/-00$/);
  expect(tracing.start({ name: 'asked', kind: 'server', parent }).traceparent).toMatch(
    /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/,
  );
});

test('headers are read as OpenTelemetry writes them', () => {
  expect(headersOf('')).toEqual({});
  expect(headersOf('x-key=a%20b%3D, other = c=d,')).toEqual({ 'x-key': 'a b=', other: 'c=d' });
});
