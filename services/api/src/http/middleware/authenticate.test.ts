import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Scope, makeApiKey } from '@flashcards/shared/security/api-key';
import { NO_LIMITS } from '@flashcards/shared/contract/limits';
import type { AuditRecord } from '@flashcards/shared/runtime/audit';
import type { Caller } from '../../keys/access';
import { createFailedKeys } from '../../keys/failed-keys';
import { createApiMetrics } from '../../operations/metrics';
import { type Authenticator, authenticate, judgeAgain, keyOfBrowser } from './authenticate';
import { KEY_CHECK_PATH, checkKey } from './check-key';
import { LimitSnapshot } from '../limit-headers';
import { errorHandler } from './error-handler';
import { createRefusedLimit } from './rate-limit';
import { contextOf, requestContext } from './request-context';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, flush: () => {} };
const metrics = createApiMetrics('');

let server: Server | undefined;
afterEach(() => server?.close());

const LIMITS = { ...NO_LIMITS, submits_per_minute: 5 };
const callerWith = (scopes: readonly Scope[]): Caller => ({
  tenant: 'ann',
  subject: 't:ann',
  actor: 'key-1',
  scopes,
  limits: LIMITS,
  seen: new LimitSnapshot(5),
});

/** A server with this authenticator before an endpoint that names its caller. */
async function behind(
  authenticator: Authenticator,
  scope: Scope | 'public' = 'jobs:read',
  ...keyIn: [typeof keyOfBrowser] | []
) {
  const app = express();
  app.set('trust proxy', 1);
  app.use(requestContext({ metrics, tracing: undefined, headers: {} }));
  app.use((_request, response, next) => {
    contextOf(response).route = '/v1/here';
    next();
  });
  app.get(KEY_CHECK_PATH, checkKey(authenticator, createRefusedLimit(120)));
  app.get('/', authenticate(authenticator, scope, ...keyIn), (_request, response) => {
    const { tenant, subject, actor, scopes, limits } = contextOf(response).caller ?? {};
    response.json({ tenant, subject, actor, scopes, limits });
  });
  app.use(errorHandler(silent, createRefusedLimit(120)));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async (headers: Record<string, string> = {}, path = '/') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: JSON.parse(text || '{}') as Record<string, unknown>,
    };
  };
}

function keyed(answers: (presented: string) => Caller | null | Promise<Caller | null>) {
  const records: AuditRecord[] = [];
  const presented: string[] = [];
  const { count } = createFailedKeys(() => undefined);
  const counted: string[] = [];
  const failed = {
    count: (address: string) => {
      counted.push(address);
      return count(address);
    },
  };
  const callerOf = (key: string) => {
    presented.push(key);
    return answers(key);
  };
  const audit = { record: async (record: AuditRecord) => void records.push(record) };
  return {
    authenticator: {
      kind: 'keys' as const,
      access: { callerOf, holderOf: answers, forget: () => undefined },
      failed,
      audit,
      onChange: () => undefined,
    },
    counted,
    records,
    presented,
  };
}
const { key: KEY } = makeApiKey();
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

test('without keys everyone is one tenant, counted by address, that may do all but manage', async () => {
  const ask = await behind({ kind: 'open', limits: LIMITS });
  expect((await ask({ 'X-Forwarded-For': '203.0.113.9' })).body).toEqual({
    tenant: 'open',
    subject: '203.0.113.9',
    actor: 'open',
    scopes: ['jobs:read', 'jobs:write', 'data:erase'],
    limits: LIMITS,
  });
});

test('what is public asks for no key, and a wrong one does no harm there', async () => {
  const { authenticator: authenticator, presented } = keyed(() => null);
  const ask = await behind(authenticator, 'public');
  expect((await ask(bearer('wrong'))).status).toBe(200);
  expect(presented).toEqual([]);
});

test('a key is admitted, at once or when it had to be looked up', async () => {
  const caller = callerWith(['jobs:read']);
  for (const answer of [caller, Promise.resolve(caller)]) {
    const { authenticator: authenticator, presented } = keyed(() => answer);
    const ask = await behind(authenticator);
    expect(await ask(bearer(KEY))).toMatchObject({ status: 200, body: { tenant: 'ann', actor: 'key-1' } });
    expect(presented).toEqual([KEY]);
    server?.close();
  }
});

test('no key and a wrong key get the same answer, which says what is needed', async () => {
  const { authenticator: authenticator } = keyed(() => null);
  const ask = await behind(authenticator);
  const [none, wrong] = [await ask(), await ask(bearer(KEY))];
  for (const { status, headers, body } of [none, wrong]) {
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(body).toMatchObject({
      code: 'unauthenticated',
      detail: 'The API key is missing or not valid. Send one as Authorization: Bearer fck_…',
    });
  }
  const { request_id: _one, ...noneBody } = none.body;
  const { request_id: _other, ...wrongBody } = wrong.body;
  expect(noneBody).toEqual(wrongBody);
});

test('past twenty keys that failed an address gets 429 for those that fail, and what a good one gets stays', async () => {
  const caller = callerWith(['jobs:read']);
  const { authenticator } = keyed((key) => (key === KEY ? caller : null));
  const ask = await behind(authenticator);
  const from = { 'X-Forwarded-For': '203.0.113.1' };
  for (let i = 0; i < 20; i += 1) expect((await ask({ ...bearer('wrong'), ...from })).status).toBe(401);
  const refused = await ask({ ...bearer('wrong'), ...from });
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', policy: 'failed-keys', detail: 'Too many failed API keys from this address. Try again in 60 s.' } }); // prettier-ignore
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(55);
  expect((await ask({ ...bearer(KEY), ...from })).status).toBe(200);
  expect((await ask({ ...bearer('wrong'), 'X-Forwarded-For': '203.0.113.2' })).status).toBe(401);
});

test('a request without a key is no failed key', async () => {
  const { authenticator, counted } = keyed(() => null);
  const ask = await behind(authenticator);
  expect((await ask()).status).toBe(401);
  expect(counted).toEqual([]);
});

test('a key without the scope is a 403 that names it, and no failed key', async () => {
  const { authenticator, counted, records } = keyed(() => callerWith(['jobs:read']));
  const ask = await behind(authenticator, 'jobs:write');
  const answer = await ask(bearer(KEY));
  expect(answer).toMatchObject({
    status: 403,
    body: { code: 'forbidden', detail: 'This API key does not have the scope jobs:write.' },
  });
  expect([counted, records]).toEqual([[], []]);
});

test("a tenant's key before what is for operators is written to the audit log", async () => {
  const { authenticator, records } = keyed(() => callerWith(['jobs:read', 'jobs:write', 'data:erase']));
  const ask = await behind(authenticator, 'admin');
  const answer = await ask({ ...bearer(KEY), 'X-Request-Id': 'r-1', 'X-Forwarded-For': '203.0.113.3' });
  expect(answer.status).toBe(403);
  expect(records).toEqual([
    {
      action: 'admin.refused',
      actor: 'key-1',
      tenant: 'ann',
      target: '/v1/here',
      from: '203.0.113.3',
      request_id: 'r-1',
      outcome: 'refused',
    },
  ]);
});

test.each([
  ['in lower case', `bearer ${KEY}`, KEY],
  ['after several blanks', `Bearer   ${KEY}`, KEY],
  ['without the word', KEY, ''],
  ['behind another word', `X Bearer ${KEY}`, ''],
  ['under another scheme', `Basic ${KEY}`, ''],
  ['with something behind it', `Bearer ${KEY} x`, ''],
  ['of 200 characters', `Bearer ${'x'.repeat(200)}`, 'x'.repeat(200)],
  ['of 201 characters', `Bearer ${'x'.repeat(201)}`, ''],
  ['as a password', `Basic ${Buffer.from(`any:${KEY}`).toString('base64')}`, ''],
])('a key %s is read as far as it is one', async (_what, header, expected) => {
  const { authenticator: authenticator, presented } = keyed(() => null);
  const ask = await behind(authenticator);
  await ask({ Authorization: header });
  expect(presented).toEqual([expected]);
});

test.each([
  ['as the password of any name', `any:${KEY}`, KEY],
  ['without a name', `:${KEY}`, KEY],
  ['as the name', KEY, ''],
  ['with a colon inside', 'a:b:c', 'b:c'],
  ['with a blank inside', 'a:b c', ''],
  ['of 201 characters', `a:${'x'.repeat(201)}`, ''],
  ['beyond ASCII', 'a:ü', ''],
])('a browser may bring a key %s', (_what, pair, expected) => {
  expect(keyOfBrowser(`Basic ${Buffer.from(pair, 'latin1').toString('base64')}`)).toBe(expected);
});

test('a browser may bring a key as everyone does, and nothing that is no Basic', () => {
  expect(keyOfBrowser(`Bearer ${KEY}`)).toBe(KEY);
  const password = Buffer.from(`a:${KEY}`).toString('base64');
  expect(keyOfBrowser(`basic   ${password}`)).toBe(KEY);
  for (const header of [`X Basic ${password}`, `Basic ${password} x`, `Basic ${password}===`, 'Basic ***', password])
    expect(keyOfBrowser(header)).toBe('');
});

test('where browsers come, their password is the key', async () => {
  const { authenticator: authenticator, presented } = keyed(() => callerWith(['admin']));
  const ask = await behind(authenticator, 'admin', keyOfBrowser);
  const { status } = await ask({ Authorization: `Basic ${Buffer.from(`me:${KEY}`).toString('base64')}` });
  expect([status, presented]).toEqual([200, [KEY]]);
});

test('who asks whether a key is good hears yes or no, and a key that is not counts as one that failed', async () => {
  const { authenticator, counted } = keyed((key) => (key === KEY ? callerWith([]) : null));
  const ask = await behind(authenticator);
  const check = (headers: Record<string, string>) =>
    ask({ 'X-Forwarded-For': '203.0.113.5', ...headers }, KEY_CHECK_PATH);
  expect((await check(bearer(KEY))).status).toBe(204);
  const none = await check({});
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="flashcards"']);
  expect(counted).toEqual([]);
  for (let i = 0; i < 20; i += 1) expect((await check(bearer('wrong'))).status).toBe(401);
  const limited = await check(bearer('wrong'));
  expect([limited.status, Number(limited.headers.get('retry-after')) > 55]).toEqual([403, true]);
  expect((await check(bearer(KEY))).status).toBe(204);
  expect(counted).toEqual(Array.from({ length: 21 }, () => '203.0.113.5'));
});

test('where there are no keys, any is good enough', async () => {
  const ask = await behind({ kind: 'open', limits: LIMITS });
  expect((await ask({}, KEY_CHECK_PATH)).status).toBe(204);
});

test.each([
  ['its key was revoked', null],
  ['its key lost the scope', callerWith(['jobs:read'])],
  ['its key is that of another tenant', { ...callerWith(['jobs:write']), tenant: 'bob' }],
])('a caller that was let in may not go on once %s', async (_what, holder) => {
  const caller = callerWith(['jobs:read', 'jobs:write']);
  const refused = expect.objectContaining({ code: 'unauthenticated' }) as Error;
  expect(() => judgeAgain(keyed(() => holder).authenticator, 'jobs:write')(caller)).toThrow(refused);
  const asked = keyed(() => Promise.resolve(holder)).authenticator;
  await expect(judgeAgain(asked, 'jobs:write')(caller)).rejects.toThrow(refused);
});

test('a caller that was let in may go on while its key is as it was, in open mode, and where no key is needed', async () => {
  const caller = callerWith(['jobs:read']);
  expect(judgeAgain(keyed(() => caller).authenticator, 'jobs:read')(caller)).toBeUndefined();
  await judgeAgain(keyed(() => Promise.resolve(caller)).authenticator, 'jobs:read')(caller);
  expect(judgeAgain({ kind: 'open', limits: LIMITS }, 'jobs:read')(caller)).toBeUndefined();
  expect(judgeAgain(keyed(() => null).authenticator, 'public')(caller)).toBeUndefined();
});

test('keys that cannot be read in time, or at all, are an honest 503 and no failed key', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    const { authenticator, counted } = keyed(() => new Promise<never>(() => undefined));
    const ask = await behind(authenticator);
    const asking = ask(bearer(KEY));
    await new Promise((resolve) => server?.once('request', () => setImmediate(resolve)));
    jest.advanceTimersByTime(1_499);
    jest.advanceTimersByTime(1);
    expect(await asking).toMatchObject({
      status: 503,
      body: { code: 'queue_unavailable', detail: 'The keys could not be read in time.' },
    });
    expect(counted).toEqual([]);
  } finally {
    jest.useRealTimers();
  }
});
