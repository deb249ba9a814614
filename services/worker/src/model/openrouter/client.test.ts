import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { type CompletionRequest, type Model, ModelError } from '../port';
import { createOpenRouter } from './client';
import type { OpenRouterSettings } from './settings';

const KEY = 'sk-or-v1-a-secret-key';
const PROMPT = 'a secret prompt';

interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly url: string;
  readonly body: Record<string, unknown>;
  /** Resolves when the connection of this call is gone or its answer is out. */
  readonly closed: Promise<unknown>;
}
type Step = (response: http.ServerResponse) => void;

let server: http.Server;
let script: Step[];
let received: Received[];
let clients: Model[];

const read = async (incoming: http.IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) text += String(part);
  return text;
};

beforeEach(async () => {
  [script, received, clients] = [[], [], []];
  server = http.createServer((incoming, response) => {
    const closed = once(response, 'close');
    void read(incoming).then((text) => {
      const body = JSON.parse(text || '{}') as Record<string, unknown>;
      received.push({ headers: incoming.headers, url: incoming.url ?? '', body, closed });
      const step = script.length > 1 ? script.shift() : script[0];
      step?.(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const client of clients) client.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const timeouts = { connectMs: 1000, headersMs: 2000, contentGapMs: 2000, totalMs: 4000 };
const client = (settings: Partial<OpenRouterSettings> = {}): Model => {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/`;
  const created = createOpenRouter({
    baseUrl,
    apiKey: KEY,
    models: ['a/b', 'c/d'],
    timeouts,
    privacy: true,
    ...settings,
  });
  clients.push(created);
  return created;
};

const request: CompletionRequest = {
  messages: [{ role: 'user', content: PROMPT }],
  maxTokens: 100,
  schema: { type: 'object' },
  user: 'p1',
};
const { signal } = new AbortController();
const complete = async (openrouter = client(), more: Partial<CompletionRequest> = {}) => {
  let text = '';
  const onContent = (delta: string): void => void (text += delta);
  const completion = await openrouter.complete({ ...request, ...more }, { signal, onContent });
  return { ...completion, text };
};
const failure = async (run: Promise<unknown>): Promise<ModelError> => {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (!(error instanceof ModelError)) throw error;
  return error;
};

const chunk = (content: string, more: object = {}, finish: string | null = null) => ({
  id: 'gen-body',
  model: 'a/b-2026',
  provider: 'Acme',
  choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }],
  ...more,
});
const usage = { usage: { prompt_tokens: 7, completion_tokens: 3, cost: 0.25 } };
const USAGE = { input_tokens: 7, output_tokens: 3, cost_usd: 0.25 };
const events = (...chunks: object[]): string => chunks.map((data) => `data: ${JSON.stringify(data)}\n\n`).join('');
const DONE = 'data: [DONE]\n\n';
const GOOD = events(chunk('né '), chunk('日本 😀'), chunk('', {}, 'stop'), chunk('', usage, 'stop')) + DONE;
const TEXT = 'né 日本 😀';

const open = (response: http.ServerResponse, type = 'text/event-stream'): void => {
  response.writeHead(200, { 'content-type': type, 'x-generation-id': 'gen-header' });
  response.flushHeaders();
};
const stream =
  (text: string): Step =>
  (response) => {
    open(response);
    response.end(text);
  };
const json =
  (status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Step =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
/** Headers and some text, and no end. */
const hang =
  (text: string): Step =>
  (response) => {
    open(response);
    response.write(text);
  };
const byByte =
  (text: string): Step =>
  (response) => {
    open(response);
    const bytes = Buffer.from(text);
    const next = (index: number): void =>
      void (index === bytes.length
        ? response.end()
        : response.write(bytes.subarray(index, index + 1), () => setImmediate(next, index + 1)));
    next(0);
  };

describe('a streamed completion', () => {
  test('arrives as content, names, usage and times', async () => {
    script = [stream(GOOD)];
    const completion = await complete(client(), { traceparent: '00-x' });
    expect(completion).toMatchObject({ text: TEXT, model: 'a/b-2026', provider: 'Acme', generationId: 'gen-header' });
    expect(completion).toMatchObject({ finishReason: 'stop', usage: USAGE, responseFormat: 'json_schema' });
    expect(completion.firstContentMs).toBeLessThanOrEqual(completion.durationMs);
    expect(received[0]?.url).toBe('/api/v1/chat/completions');
    expect(received[0]?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, traceparent: '00-x' });
    expect(received[0]?.headers).not.toHaveProperty('referer');
    expect(received[0]?.headers).not.toHaveProperty('http-referer');
  });

  const shapes: [string, Step][] = [
    ['byte by byte', byByte(GOOD)],
    ['with CRLF, byte by byte', byByte(GOOD.replaceAll('\n', '\r\n'))],
    ['with an open end after [DONE]', hang(GOOD)],
  ];
  test.each(shapes)('is accepted %s', async (_title, step) => {
    script = [step];
    expect(await complete()).toMatchObject({ text: TEXT, usage: USAGE });
  });

  test('uses its connection again', async () => {
    script = [stream(GOOD)];
    const sockets = new Set<unknown>();
    server.on('connection', (socket) => sockets.add(socket));
    const openrouter = client();
    for (let call = 0; call < 3; call += 1) {
      await complete(openrouter);
      await received[call]?.closed;
      await new Promise(setImmediate);
    }
    expect(sockets.size).toBeLessThan(3);
  });

  test('asks the chosen model first', async () => {
    script = [stream(GOOD)];
    await complete(client(), { model: 'c/d' });
    expect(received[0]?.body['models']).toEqual(['c/d', 'a/b']);
  });
});

describe('an answer that is none', () => {
  const rows: [string, Step, object][] = [
    ['an error as JSON', json(429, { error: { code: 429 } }, { 'retry-after': '3' }), { retryAfterMs: 3000 }],
    ['a page with a 502', json(502, '<html>', { 'content-type': 'text/html' }), { reason: 'http_502' }],
    ['a 429 in plain text', json(429, 'error code: 1015', { 'content-type': 'text/plain' }), { action: 'pause' }],
    ['a 402 whose body breaks off', (r) => (r.writeHead(402), r.write(' ', () => r.destroy())), { reason: 'http_402' }],
    ['a redirect', json(302, '', { location: 'http://127.0.0.1:1/' }), { reason: 'http_3xx' }],
    ['a page with a 200', json(200, '\n<!DOCTYPE html>', { 'content-type': 'text/html' }), { reason: 'html' }],
    [
      'an error inside a 200',
      json(200, { error: { code: 402, message: 'x' } }),
      { reason: 'error_in_200', code: 'model_budget' },
    ],
    [
      'an error after content',
      stream(events(chunk('a'), { error: { code: 'server_error' }, choices: [] })),
      { reason: 'error_mid_stream', billed: 'maybe' },
    ],
    ['a reset before headers', (r) => r.destroy(), { reason: 'reset', billed: 'maybe' }],
    [
      'a reset after content',
      (r) => (open(r), r.write(events(chunk('a')), () => r.destroy())),
      { reason: 'reset', billed: 'maybe' },
    ],
    ['bytes that are no HTTP', (r) => r.socket?.end('nonsense\r\n\r\n'), { reason: 'bad_http' }],
  ];
  test.each(rows)('is named: %s', async (_title, step, expected) => {
    script = [step];
    expect(await failure(complete())).toMatchObject(expected);
    expect(received).toHaveLength(1);
  });
});

describe('the fallback of the format', () => {
  const noParameters = json(404, {
    error: { code: 404, message: 'No endpoints found that can handle the requested parameters.' },
  });
  const badSchema = json(400, {
    error: { code: 400, message: 'Provider returned error', metadata: { raw: 'Invalid schema for response_format' } },
  });

  test('goes down to what the model can, and stays there', async () => {
    script = [noParameters, badSchema, stream(GOOD)];
    const openrouter = client();
    expect(await complete(openrouter)).toMatchObject({ responseFormat: 'text', text: TEXT });
    expect(await complete(openrouter)).toMatchObject({ responseFormat: 'text' });
    expect(received).toHaveLength(4);
    for (const { body } of received) expect(body['provider']).toMatchObject({ data_collection: 'deny', zdr: true });
  });

  test('does not move for privacy', async () => {
    script = [
      json(404, {
        error: { code: 404, message: 'No endpoints found matching your data policy (Zero data retention).' },
      }),
    ];
    expect(await failure(complete())).toMatchObject({ reason: 'no_endpoint_privacy', action: 'never' });
    expect(received).toHaveLength(1);
  });
});

describe('what is secret', () => {
  const mean = { error: { code: 400, message: `${PROMPT} ${KEY}`, metadata: { raw: PROMPT, flagged_input: PROMPT } } };
  test.each<[string, Step, Partial<OpenRouterSettings>]>([
    ['a refusal', json(400, mean), {}],
    ['an error inside a 200', json(200, mean), {}],
    ['a broken event', stream(`data: ${PROMPT} ${KEY}\n\n`), {}],
    ['a reset', (response) => response.destroy(), {}],
    ['a refused connection', () => undefined, { baseUrl: 'http://127.0.0.1:1' }],
    ['a deadline', () => undefined, { timeouts: { ...timeouts, headersMs: 50 } }],
  ])('is in no error: %s', async (_title, step, settings) => {
    script = [step];
    const error = await failure(complete(client(settings)));
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error.stack);
    for (const secret of [KEY, PROMPT, 'Bearer']) expect(shown).not.toContain(secret);
  });
});

describe('settings that cannot work', () => {
  test.each<Partial<OpenRouterSettings>>([
    { models: [] },
    { models: ['a', 'b', 'c', 'd'] },
    { models: [' '] },
    { baseUrl: 'x' },
    { baseUrl: 'ftp://x' },
  ])('are refused at once: %j', (settings) => expect(() => client(settings)).toThrow());
  test('do not include a model that the settings do not name', async () => {
    expect(await failure(complete(client(), { model: 'x/y' }))).toMatchObject({
      reason: 'model_not_allowed',
      billed: 'no',
    });
  });
});

describe('the probe', () => {
  const rows: [string, Step, object][] = [
    ['a good key', json(200, { data: { limit_remaining: 3 } }), { status: 'healthy', reason: 'ok' }],
    ['a key without a limit', json(200, { data: { limit_remaining: null } }), { status: 'healthy', reason: 'ok' }],
    ['a spent key', json(200, { data: { limit_remaining: 0 } }), { status: 'unhealthy', reason: 'key_limit' }],
    ['a refused key', json(401, {}), { status: 'unhealthy', reason: 'http_401' }],
    ['a server in trouble', json(503, {}), { status: 'degraded', reason: 'http_503' }],
    ['a page', json(200, '<html>'), { status: 'degraded', reason: 'html' }],
    ['silence', () => undefined, { status: 'degraded', reason: 'deadline' }],
  ];
  test.each(rows)('says %s', async (_title, step, expected) => {
    script = [step];
    const openrouter = client({ timeouts: { ...timeouts, headersMs: 100 } });
    expect(await openrouter.probe(signal)).toEqual(expected);
    expect(received[0]?.url).toBe('/api/v1/key');
  });

  test('asks another server for its models', async () => {
    script = [json(200, { data: [] })];
    expect(await client({ privacy: false, apiKey: null }).probe(signal)).toMatchObject({
      status: 'healthy',
    });
    expect(received[0]?.url).toBe('/api/v1/models');
    expect(received[0]?.headers).not.toHaveProperty('authorization');
  });
});
