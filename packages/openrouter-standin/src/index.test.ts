import { createConnection } from 'node:net';

import { ask, bodyOf, control, eventsIn, eventually, json, KEY, ledgerOf, streamedContent } from './fixtures/talk';
import { startStandin } from './index';
import type { Standin } from './index';

let standin: Standin;
beforeAll(async () => {
  standin = await startStandin();
});
afterAll(() => standin.close());
beforeEach(() => control(standin, 'POST', '/reset'));

const read = (path: string, key: string | null = KEY) =>
  fetch(standin.url + path, { headers: key === null ? {} : { authorization: `Bearer ${key}` } });

describe('a completion', () => {
  it('answers JSON with usage, cost and its id in a header', async () => {
    const reply = await ask(standin, { model: 'standin/extractive' });
    const body = await json(reply);
    expect(reply.headers.get('content-length')).toBeNull();
    expect(body.id).toMatch(/^gen-\d{10}-[0-9A-Za-z]{20}$/);
    expect(reply.headers.get('x-generation-id')).toBe(body.id);
    expect(body.choices[0].finish_reason).toBe('stop');
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
    expect(body.usage.cost).toBeGreaterThan(0);
    expect(JSON.parse(body.choices[0].message.content).cards).toHaveLength(4);
  });

  it('streams the same cards, then usage, then [DONE]', async () => {
    const whole = await json(await ask(standin, { model: 'openai/gpt-4o-mini' }));
    const reply = await ask(standin, { model: 'openai/gpt-4o-mini', stream: true });
    const body = await reply.text();
    expect(reply.headers.get('content-type')).toBe('text/event-stream');
    expect(streamedContent(body)).toBe(whole.choices[0].message.content);
    const events = eventsIn(body);
    expect(events.at(-1)).toBe('[DONE]');
    expect(JSON.parse(events.at(-2) ?? '').usage.cost).toBe(whole.usage.cost);
    expect(JSON.parse(events.at(-3) ?? '').choices[0].finish_reason).toBe('stop');
    expect(events.length).toBeGreaterThan(10);
  });

  it('is cut where max_tokens ends', async () => {
    const body = await json(await ask(standin, { model: 'standin/extractive', extra: { max_tokens: 20 } }));
    expect(body.choices[0].finish_reason).toBe('length');
    expect(body.usage.completion_tokens).toBeLessThanOrEqual(20);
  });

  it.each([false, true])('takes as long as the model name says (stream: %p)', async (stream) => {
    const began = Date.now();
    const reply = await ask(standin, { model: 'standin/canned-300ms', stream });
    await reply.text();
    expect(Date.now() - began).toBeGreaterThanOrEqual(295);
  });

  it('takes its latency from a header too', async () => {
    const began = Date.now();
    await (await ask(standin, { model: 'standin/canned', headers: { 'x-sim-latency-ms': '200' } })).text();
    expect(Date.now() - began).toBeGreaterThanOrEqual(195);
  });
});

describe('a request that is refused', () => {
  const refused = async (init: RequestInit) => {
    const reply = await fetch(`${standin.url}/chat/completions`, { method: 'POST', ...init });
    return { status: reply.status, body: await json(reply) };
  };
  const auth = { authorization: `Bearer ${KEY}` };

  it('wants a key of its own', async () => {
    const body = JSON.stringify(bodyOf({ model: 'standin/canned' }));
    expect(await refused({ body })).toMatchObject({
      status: 401,
      body: { error: { message: 'No cookie auth credentials found' } },
    });
    const real = { authorization: 'Bearer sk-or-v1-0123' };
    expect(await refused({ body, headers: real })).toMatchObject({
      status: 401,
      body: { error: { message: 'User not found.' } },
    });
  });

  it('words bad bodies as the service does', async () => {
    expect((await refused({ body: '{', headers: auth })).body.error.message).toBe('Input must have at least 1 token.');
    expect((await refused({ body: '{}', headers: auth })).body.error.message).toMatch(/^Input required/);
  });

  it.each([
    [{ models: ['a/a', 'a/b', 'a/c', 'a/d'] }, "'models' array must have 3 items or fewer."],
    [{ provider: { Require_Parameters: true } }, "Unrecognized key(s) in object: 'Require_Parameters'"],
    [{ max_tokens: 0 }, 'Invalid request parameters'],
    [{ temperature: 3 }, 'Invalid request parameters'],
    [{ model: 'nobody/nothing' }, 'nobody/nothing is not a valid model ID'],
    [{ max_tokens: 10_000_000 }, "This endpoint's maximum context length"],
  ])('refuses %j', async (extra, message) => {
    const reply = await ask(standin, { model: 'standin/extractive', extra });
    expect(reply.status).toBe(400);
    expect((await json(reply)).error.message).toContain(message);
  });

  it('routes by privacy and parameters', async () => {
    const free = await ask(standin, {
      model: 'google/gemma-4-31b-it:free',
      extra: { provider: { data_collection: 'deny' } },
    });
    expect([free.status, (await json(free)).error.message]).toEqual([
      404,
      expect.stringContaining('Free model training'),
    ]);
    const hot = await ask(standin, {
      model: 'openai/gpt-5.6-luna',
      extra: { temperature: 1, provider: { require_parameters: true } },
    });
    expect([hot.status, (await json(hot)).error.message]).toEqual([
      404,
      expect.stringContaining('requested parameters'),
    ]);
  });

  it('checks a strict schema as OpenAI does', async () => {
    const format = (schema: object) => ({
      response_format: { type: 'json_schema', json_schema: { name: 'cards', strict: true, schema } },
    });
    const loose = await ask(standin, {
      model: 'openai/gpt-4o-mini',
      extra: format({ type: 'object', properties: { a: { type: 'string' } } }),
    });
    expect(loose.status).toBe(400);
    expect((await json(loose)).error.metadata.raw).toContain('additionalProperties');
    const strict = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    expect((await ask(standin, { model: 'openai/gpt-4o-mini', extra: format(strict) })).status).toBe(200);
  });

  it('refuses for money', async () => {
    await control(standin, 'PUT', '/config', { balance_usd: 0 });
    expect((await ask(standin, { model: 'standin/canned' })).status).toBe(402);
  });
});

describe('the reading routes', () => {
  it('shows models, key, credits and calls', async () => {
    expect((await json(await read('/models', null))).data.length).toBeGreaterThan(8);
    expect((await json(await read('/models/count', null))).data.count).toBeGreaterThan(8);
    expect((await json(await read('/models/openai/gpt-4o-mini/endpoints', null))).data.endpoints).toHaveLength(1);
    expect((await read('/key', null)).status).toBe(401);
    expect((await read('/key', 'sk-or-v1-real')).status).toBe(401);
    const { id, usage } = await json(await ask(standin, { model: 'standin/canned' }));
    await eventually(async () =>
      expect((await json(await read(`/generation?id=${id}`))).data.total_cost).toBe(usage.cost),
    );
    expect((await json(await read('/key'))).data).toMatchObject({ limit: null, usage: usage.cost });
    expect((await json(await read('/credits'))).data.total_usage).toBe(usage.cost);
    expect((await read('/generation?id=gen-0-nothing')).status).toBe(404);
  });

  it('gives a page for a wrong base URL, and 404 below the API', async () => {
    const page = await fetch(`http://127.0.0.1:${standin.port}/v1/chat/completions`, { method: 'POST' });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await json(await read('/nothing'))).toEqual({ error: { message: 'Not Found', code: 404 } });
  });
});

describe('scenarios', () => {
  it('come by model name, so often as `times` says, for each key and model', async () => {
    const model = 'sim/429;times=2;retry_after=1';
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await ask(standin, { model })).status);
    expect(statuses).toEqual([429, 429, 200]);
  });

  it('come by header before script, and by script before model name', async () => {
    await control(standin, 'POST', '/script', { scenarios: ['503', 'ok'] });
    expect((await ask(standin, { model: 'sim/500', headers: { 'x-sim-scenario': '418' } })).status).toBe(418);
    expect((await ask(standin, { model: 'sim/500' })).status).toBe(503);
    expect((await ask(standin, { model: 'sim/500' })).status).toBe(200);
    expect((await ask(standin, { model: 'sim/500' })).status).toBe(500);
  });

  it('come by weight, the same for the same seed', async () => {
    const round = async (): Promise<number[]> => {
      await control(standin, 'POST', '/reset');
      await control(standin, 'PUT', '/config', { mix: { '503': 0.5 } });
      const statuses: number[] = [];
      for (let i = 0; i < 12; i += 1) statuses.push((await ask(standin, { model: 'standin/canned' })).status);
      return statuses;
    };
    const first = await round();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await round()).toEqual(first);
  });

  it('hand a failing model over to the next of `models`', async () => {
    const reply = await json(await ask(standin, { model: 'sim/503', extra: { models: ['standin/canned'] } }));
    expect(reply.model).toBe('standin/canned');
  });

  it('let a client find the format that works', async () => {
    const of = async (type: string | null): Promise<number> =>
      (
        await ask(standin, {
          model: 'sim/no_json_schema',
          extra: type === null ? {} : { response_format: { type, json_schema: {} } },
        })
      ).status;
    expect([await of('json_schema'), await of('json_object'), await of(null)]).toEqual([404, 200, 200]);
  });

  it('name an unknown one as the mistake of the test', async () => {
    expect((await json(await ask(standin, { model: 'sim/typo' }))).error.message).toContain('typo');
  });
});

describe('the ledger', () => {
  it('counts what is paid, delivered and doubled', async () => {
    await ask(standin, { model: 'standin/canned' }).then((reply) => reply.text());
    await ask(standin, { model: 'standin/canned' }).then((reply) => reply.text());
    await ask(standin, { model: 'sim/500' }).then((reply) => reply.text());
    await eventually(async () =>
      expect((await ledgerOf(standin)).totals).toMatchObject({
        calls: 3,
        billed: 2,
        delivered: 2,
        wasted: 0,
        duplicates: 1,
      }),
    );
    const found = await control(standin, 'GET', '/ledger?contains=Priestley&model=sim/500');
    expect(found.totals).toMatchObject({ calls: 1, billed: 0 });
  });

  it.each([
    [true, { billed: 1, aborted: 1, wasted: 1 }],
    [false, { billed: 1, aborted: 1, wasted: 1 }],
  ])('sees a client hang up (stream: %p)', async (stream, totals) => {
    const stop = new AbortController();
    const call = ask(standin, { model: 'standin/extractive-5000ms', stream, signal: stop.signal });
    call.catch(() => undefined);
    if (stream) await (await call).body?.getReader().read();
    else await eventually(async () => expect((await control(standin, 'GET', '/metrics')).in_flight).toBe(1));
    stop.abort();
    await eventually(async () => {
      const ledger = await ledgerOf(standin);
      expect(ledger.totals).toMatchObject({ ...totals, delivered: 0 });
      expect(ledger.entries[0].client_aborted_at).toEqual(expect.any(Number));
      if (stream) expect(ledger.entries[0].tokens_sent).toBeGreaterThan(0);
    });
    expect((await control(standin, 'GET', '/metrics')).in_flight).toBe(0);
  });

  it('bills a trap in full though the client left', async () => {
    await ask(standin, { model: 'sim/billing_trap', stream: true, signal: AbortSignal.timeout(50) }).catch(
      () => undefined,
    );
    await eventually(async () => expect((await ledgerOf(standin)).totals).toMatchObject({ billed: 1, wasted: 1 }));
  });
});

it('refuses a configuration it does not know', async () => {
  const reply = await fetch(`${standin.controlUrl}/config`, { method: 'PUT', body: '{"latency":1}' });
  expect([reply.status, await json(reply)]).toEqual([400, { error: { message: expect.stringContaining('latency') } }]);
});

it('closes at once, whatever hangs', async () => {
  const other = await startStandin();
  const hung = ask(other, { model: 'sim/hang_before_headers' }).catch(() => 'cut');
  const idle = createConnection(other.port, '127.0.0.1');
  idle.on('error', () => undefined);
  await eventually(async () => expect((await control(other, 'GET', '/metrics')).in_flight).toBe(1));
  await other.close();
  expect(await hung).toBe('cut');
  idle.destroy();
});
