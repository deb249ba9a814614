import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@flashcards/shared/runtime/logger';
import { createEngine } from './engine';
import { startScaleDoor } from './scale-door';

const folder = mkdtempSync(join(tmpdir(), 'scale-door-'));
const socket = join(folder, 'docker.sock');
const calls: string[] = [];
const spec = { Name: 'workers', Mode: { Replicated: { Replicas: 2 } }, TaskTemplate: { Runtime: 'container' } };
let engine: Server;
let scaleDoor: { server: Server; port: number };

beforeAll(async () => {
  engine = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      calls.push(`${request.method} ${request.url}`);
      if (request.url === '/services/id1/update?version=7') Object.assign(spec, JSON.parse(body));
      const version = request.url === '/services/odd' ? {} : { Version: { Index: 7 } };
      response.end(JSON.stringify({ ID: 'id1', ...version, Spec: spec }));
    });
  });
  await new Promise<void>((done) => engine.listen(socket, done));
  scaleDoor = await startScaleDoor(
    { host: '127.0.0.1', port: 0 },
    createEngine(socket, 'workers'),
    { WORKERS_MIN: 1, WORKERS_MAX: 4 },
    createLogger({ level: 'error', service: 'test', region: '' }),
  );
});
afterAll(() => {
  scaleDoor.server.close();
  engine.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => calls.splice(0));

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${scaleDoor.port}${path}`, init);
const set = (body: string): Promise<Response> => ask('/replicas', { method: 'PUT', body });

test('the number of workers is read and set, and nothing else of the service changes', async () => {
  expect(await (await ask('/replicas')).json()).toEqual({ replicas: 2 });
  expect((await set('{"replicas":3}')).status).toBe(200);
  expect(spec).toEqual({
    Name: 'workers',
    Mode: { Replicated: { Replicas: 3 } },
    TaskTemplate: { Runtime: 'container' },
  });
  expect(calls).toEqual(['GET /services/workers', 'GET /services/workers', 'POST /services/id1/update?version=7']);
});

test('an answer of the engine that lacks what scaling needs is an error that names it, and nothing is scaled', async () => {
  await expect(createEngine(socket, 'odd').scale(3)).rejects.toThrow(
    'the engine\'s answer does not describe a service: "Version" is required',
  );
  expect(calls).toEqual(['GET /services/odd']);
});

test.each(['{"replicas":0}', '{"replicas":5}', '{"replicas":2.5}', '{"replicas":"3"}', 'no', `"${'x'.repeat(300)}"`])(
  'outside of its bounds the engine is not even asked: %s',
  async (body) => {
    expect((await set(body)).status).toBe(422);
    expect(calls).toEqual([]);
  },
);

test.each(['/containers/json', '/services/workers', '/replicas/../containers/json', '/v1.41/info', '/'])(
  'it leads nowhere else: %s',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
    expect((await ask('/replicas', { method: 'DELETE' })).status).toBe(405);
    expect(calls).toEqual([]);
  },
);

test('a web page reaches the engine under no name of its own and from no other origin', async () => {
  const statusFor = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { port: scaleDoor.port, host: '127.0.0.1', path: '/replicas', method: 'PUT', headers },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sent.on('error', reject).end('{"replicas":4}');
    });
  expect(await statusFor({ Host: 'evil.example' })).toBe(421);
  expect(await statusFor({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
  expect(calls).toEqual([]);
});
