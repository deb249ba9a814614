import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

import { type Model, ModelError } from '../port';
import { createOpenRouter } from './client';
import type { OpenRouterSettings } from './settings';

type Step = (response: http.ServerResponse) => void;

let server: http.Server;
let step: Step;
let client: Model | undefined;
let calls: number;
/** Resolves when a call has come; with a promise of its end. */
let arrived: Promise<{ gone: Promise<unknown> }>;

beforeEach(async () => {
  calls = 0;
  server = http.createServer();
  arrived = new Promise((resolve) => {
    server.on('request', (incoming: http.IncomingMessage, response: http.ServerResponse) => {
      calls += 1;
      const gone = once(response, 'close');
      incoming.resume().on('end', () => {
        step(response);
        resolve({ gone });
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  client?.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** For a limit that starts before the connection: a busy machine needs more than 80 ms to send a call. */
const AFTER_SENDING_MS = 1_000;
const LONG = { connectMs: 5000, headersMs: 5000, contentGapMs: 5000, totalMs: 9000 };
const REQUEST = { messages: [{ role: 'user', content: 'a' }], maxTokens: 9, schema: {}, user: 'p1' };
interface Options {
  readonly timeouts?: Partial<OpenRouterSettings['timeouts']>;
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
  readonly onContent?: (delta: string) => void;
}
const complete = ({
  timeouts,
  baseUrl,
  signal = new AbortController().signal,
  onContent = () => undefined,
}: Options) => {
  const url = baseUrl ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createOpenRouter({
    baseUrl: url,
    apiKey: null,
    models: ['a/b'],
    timeouts: { ...LONG, ...timeouts },
    privacy: true,
  });
  return client.complete(REQUEST, { signal, onContent });
};
const failure = async (options: Options): Promise<ModelError> => {
  const error: unknown = await complete(options).catch((reason: unknown) => reason);
  if (!(error instanceof ModelError)) throw error;
  return error;
};

const event = (delta: object): string => `data: ${JSON.stringify({ choices: [{ delta, finish_reason: null }] })}\n\n`;
const A = event({ content: 'a' });
const open = (response: http.ServerResponse, type = 'text/event-stream'): void => {
  response.writeHead(200, { 'content-type': type });
  response.flushHeaders();
};
/** Headers and some text, then nothing. */
const hang =
  (text: string): Step =>
  (response) => {
    open(response);
    response.write(text);
  };
/** Repeats a text as long as the client listens. */
const forever =
  (text: string, { first = '', type = 'text/event-stream' } = {}): Step =>
  (response) => {
    open(response, type);
    response.write(first);
    const timer = setInterval(() => response.write(text), 5);
    response.on('close', () => clearInterval(timer));
  };

describe('the clock', () => {
  const rows: [string, Step, Partial<OpenRouterSettings['timeouts']>, string][] = [
    ['silence before the headers', () => undefined, { headersMs: AFTER_SENDING_MS }, 'hang_headers'],
    ['silence after the headers', (response) => open(response), { contentGapMs: 80 }, 'hang_first_content'],
    ['silence after some content', hang(A), { contentGapMs: 80 }, 'hang_content'],
    ['comments for ever', forever(': OPENROUTER PROCESSING\n\n'), { contentGapMs: 80 }, 'hang_first_content'],
    ['blank content for ever', forever(event({ content: '\n' }), { first: A }), { contentGapMs: 80 }, 'hang_content'],
    [
      'reasoning for ever',
      forever(event({ content: '', reasoning: 'hm' })),
      { contentGapMs: 80 },
      'hang_first_content',
    ],
    [
      'white space instead of JSON',
      forever('\n', { type: 'application/json' }),
      { contentGapMs: 80 },
      'hang_first_content',
    ],
    ['content without end', forever(A), { totalMs: AFTER_SENDING_MS, contentGapMs: 900 }, 'deadline'],
  ];
  test.each(rows)('ends %s, and the connection', async (_title, stepOfServer, timeouts, reason) => {
    step = stepOfServer;
    const expected = { reason, billed: 'maybe', usage: { cost_usd: null }, action: 'backoff' };
    expect(await failure({ timeouts })).toMatchObject(expected);
    await (
      await arrived
    ).gone;
  });

  test('ends a connection that never gets ready, which costs nothing', async () => {
    const silent = net.createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const sockets: net.Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
    const baseUrl = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const error = await failure({ baseUrl, timeouts: { connectMs: 80 } });
    expect(error).toMatchObject({ reason: 'hang_connect', billed: 'no', usage: null });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test('is not needed where nobody listens', async () => {
    expect(await failure({ baseUrl: 'http://127.0.0.1:1' })).toMatchObject({ reason: 'refused', billed: 'no' });
  });

  test('still gives the status of a refusal whose body never ends', async () => {
    step = (response) => response.writeHead(402).write(' ');
    expect(await failure({ timeouts: { totalMs: AFTER_SENDING_MS } })).toMatchObject({
      reason: 'http_402',
      code: 'model_budget',
    });
  });
});

describe('an answer that was whole', () => {
  const WHOLE = `${A}data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n`;
  test.each<[string, Step, Partial<OpenRouterSettings['timeouts']>]>([
    ['a reset', (response) => (open(response), response.write(WHOLE, () => response.destroy())), {}],
    ['silence', hang(WHOLE), { contentGapMs: 80 }],
    ['the deadline', hang(WHOLE), { totalMs: AFTER_SENDING_MS }],
  ])('stands, at an unknown cost, though %s follows', async (_title, stepOfServer, timeouts) => {
    step = stepOfServer;
    const usage = { input_tokens: 0, output_tokens: 0, cost_usd: null };
    expect(await complete({ timeouts })).toMatchObject({ finishReason: 'stop', usage });
  });

  test('lets its connection go, though the server keeps it open', async () => {
    step = hang(`${WHOLE}data: [DONE]\n\n`);
    await complete({});
    await (
      await arrived
    ).gone;
  });
});

describe('a caller that gives up', () => {
  test.each<[string, Step]>([
    ['before the headers', () => undefined],
    ['between two pieces of content', hang(A)],
  ])('%s closes the connection, and leaves no listener', async (_title, stepOfServer) => {
    step = stepOfServer;
    const abort = new AbortController();
    const added = jest.spyOn(abort.signal, 'addEventListener');
    const removed = jest.spyOn(abort.signal, 'removeEventListener');
    const run = failure({ signal: abort.signal });
    const { gone } = await arrived;
    abort.abort();
    expect(await run).toMatchObject({ reason: 'aborted', billed: 'maybe' });
    await gone;
    expect(removed.mock.calls.map((call) => call[1])).toEqual(added.mock.calls.map((call) => call[1]));
  });

  test('before the call sends nothing', async () => {
    expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ reason: 'aborted', billed: 'no' });
    expect(calls).toBe(0);
  });

  test('by an error of its own gets that error', async () => {
    step = forever(A);
    const onContent = (): void => {
      throw new RangeError('enough');
    };
    await expect(complete({ onContent })).rejects.toThrow(new RangeError('enough'));
    await (
      await arrived
    ).gone;
  });
});
