import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { makeApiKey } from '@flashcards/shared/security/api-key';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretReader } from '@flashcards/shared/store/keys/webhook-secrets';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually';
import { Follower } from '../harness/stack/follow';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(60_000);
let pair: Pair;
let ann: MadeKey;
let operator: MadeKey;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2, workers: 0, settings: { ...KEYED, TRUST_PROXY_HOPS: 1 } });
  ann = await makeKey(pair, 'ann');
  operator = await makeKey(pair, 'operators', '--scopes', 'admin');
});
afterAll(() => pair.close());

/** Each test comes from another address: failed keys are counted by it. */
const from = (address: string, key?: { key: string }) => ({ 'X-Forwarded-For': address, ...(key ? bearer(key) : {}) });
const list = (headers: Record<string, string>, url?: string) => pair.call('GET', '/v1/jobs', undefined, headers, url);

test('a key opens what its scopes say, and nothing is open without one', async () => {
  expect((await list(from('10.1.0.1', ann))).status).toBe(200);
  const none = await list(from('10.1.0.1'));
  expect([none.status, none.headers.get('content-type'), none.headers.get('www-authenticate')]).toEqual([
    401, 'application/problem+json; charset=utf-8', 'Bearer realm="flashcards"',
  ]); // prettier-ignore
  const reader = await makeKey(pair, 'ann', '--scopes', 'jobs:read');
  expect((await list(from('10.1.0.1', reader))).status).toBe(200);
  const refused = await pair.call('POST', '/v1/jobs', { text: 'A.' }, from('10.1.0.1', reader));
  expect([refused.status, (refused.body as { code: string }).code]).toEqual([403, 'forbidden']);
});

test('unknown, revoked, expired and malformed keys get one and the same answer', async () => {
  const revoked = await makeKey(pair, 'bob');
  const expired = await makeKey(pair, 'bob', '--expires-days', '0.0000001');
  await keysCommand(pair, ['revoke', revoked.id]);
  const unknown = makeApiKey().key;
  const headers = { ...from('10.1.0.2'), 'X-Request-Id': 'same' };
  const answers = await Promise.all(
    // One of them is well-formed and has the id of a key that is good.
    [revoked.key, expired.key, unknown, makeApiKey(ann.id).key, 'fck_short', 'other', ''].map((key) =>
      list({ ...headers, Authorization: `Bearer ${key}` }),
    ),
  );
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(401);
});

test('a revoked key is refused at once by replicas that had just let it in', async () => {
  const key = await makeKey(pair, 'carl');
  for (const { url } of pair.apis) expect((await list(from('10.1.0.3', key), url)).status).toBe(200);
  await keysCommand(pair, ['revoke', key.id]);
  for (const { url } of pair.apis) {
    await eventually(async () => expect((await list(from('10.1.0.3', key), url)).status).toBe(401), 5_000);
  }
});

test('a stream that a key opened ends soon after the key is revoked, and those of other keys go on', async () => {
  const [key, other] = [await makeKey(pair, 'finn'), await makeKey(pair, 'finn')];
  const { body } = await pair.call('POST', '/v1/jobs', { text: 'Chalk is a soft rock.' }, from('10.1.0.10', key));
  const path = `/v1/jobs/${(body as { id: string }).id}/events`;
  const [revoked, going] = await Promise.all(
    [key, other].map((one, i) => Follower.start(`${pair.apis[i]?.url}${path}`, from('10.1.0.10', one))),
  );
  expect([revoked?.status, going?.status]).toEqual([200, 200]);
  await keysCommand(pair, ['revoke', key.id]);
  await eventually(() => expect(revoked?.ended).toBe(true), 10_000);
  expect(going?.ended).toBeUndefined();
  going?.hangUp();
});

/** Two keys of a tenant of its own, and a job that waits for a worker which is not there. */
async function tenantWithJob(tenant: string) {
  const [key, other] = [await makeKey(pair, tenant), await makeKey(pair, tenant)];
  const { body } = await pair.call('POST', '/v1/jobs', { text: `A job of ${tenant}.` }, bearer(other));
  return { key, other, job: (body as { id: string }).id };
}
async function activeRequests(): Promise<number> {
  const text = await (await fetch(`${pair.apis[0]?.opsUrl}/metrics`)).text();
  return Number(/^flashcards_http_active_requests\S* (\d+)/m.exec(text)?.[1]);
}
const cancel = (id: string, key: MadeKey) => pair.call('POST', `/v1/jobs/${id}/cancel`, undefined, bearer(key));
const jobsOf = async (key: MadeKey): Promise<{ id: string }[]> => ((await list(bearer(key))).body as { jobs: { id: string }[] }).jobs; // prettier-ignore

test('a long poll whose key is revoked meanwhile is answered with 401, and one of another key with the job', async () => {
  const { key, other, job } = await tenantWithJob('hank');
  const poll = (by: MadeKey) => pair.call('GET', `/v1/jobs/${job}?wait=30`, undefined, bearer(by));
  const polls = [poll(key), poll(other)];
  await eventually(async () => expect(await activeRequests()).toBeGreaterThanOrEqual(2));
  await keysCommand(pair, ['revoke', key.id]);
  await cancel(job, other);
  const answers = await Promise.all(polls);
  expect(answers).toMatchObject([
    { status: 401, body: { code: 'unauthenticated' } },
    { status: 200, body: { status: 'canceled' } },
  ]);
});

test.each([
  ['a submit that waits', '/v1/jobs', { Prefer: 'wait=30' }],
  ['the old call', '/generate', {}],
])('%s whose key is revoked meanwhile is answered with 401', async (_what, path, headers) => {
  const { key, other } = await tenantWithJob(`ida-${path.length}`);
  const asking = pair.call('POST', path, { text: 'It waits for its end.' }, { ...bearer(key), ...headers });
  await eventually(async () => expect(await jobsOf(other)).toHaveLength(2));
  await keysCommand(pair, ['revoke', key.id]);
  for (const { id } of await jobsOf(other)) await cancel(id, other);
  expect((await asking).status).toBe(401);
});

test.each(['/v1/jobs', '/v1/jobs/batch'])(
  'a body to %s whose key is revoked before its end is here makes no job',
  async (path) => {
    const { key, other, job } = await tenantWithJob(`jack-${path.length}`);
    const headers = { ...bearer(key), 'Content-Type': 'application/json' };
    const sending = request(`${pair.url}${path}`, { method: 'POST', headers });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    sending.write('{"jobs":[{"text":"A."}]'); // a wrong field for a single submit: what counts is who may send
    await eventually(async () => expect(await activeRequests()).toBeGreaterThanOrEqual(1));
    await keysCommand(pair, ['revoke', key.id]);
    await eventually(async () => expect((await list(bearer(key))).status).toBe(401));
    sending.end('}');
    const [{ statusCode }] = await answered;
    expect(statusCode).toBe(401);
    expect((await jobsOf(other)).map(({ id }) => id)).toEqual([job]);
  },
);

test('while a key is rotated both are good, and the old one ends', async () => {
  const old = await makeKey(pair, 'dora', '--expires-days', '1');
  const next = (await keysCommand(pair, ['rotate', old.id, '--overlap-hours', '0.003'])) as MadeKey;
  expect(next.expires_at).toBe(old.expires_at);
  expect((await list(from('10.1.0.4', next))).status).toBe(200);
  expect((await list(from('10.1.0.4', old))).status).toBe(200);
  await eventually(async () => expect((await list(from('10.1.0.4', old))).status).toBe(401), 30_000);
  expect((await list(from('10.1.0.4', next))).status).toBe(200);
  await expect(keysCommand(pair, ['rotate', old.id])).rejects.toThrow('already rotated');
});

test('a rotation that asks for another end gets it, by the command and over HTTP', async () => {
  const days = ({ expires_at }: MadeKey) => Math.round((Date.parse(expires_at ?? '') - Date.now()) / 86_400_000);
  const old = await makeKey(pair, 'gina');
  const next = (await keysCommand(pair, ['rotate', old.id, '--expires-days', '1'])) as MadeKey;
  expect(days(next)).toBe(1);
  const path = `/admin/keys/${next.id}/rotate`;
  const { body } = await pair.call('POST', path, { expires_days: 9 }, bearer(operator), pair.apis[0]?.opsUrl);
  expect(days(body as MadeKey)).toBe(9);
});

test('past twenty failed keys in a minute an address gets 429 for bad keys, and a good key from there is served', async () => {
  const bad = { ...from('10.1.0.5'), Authorization: 'Bearer fck_wrong' };
  // Well-formed ones, of which each is looked up, and one that is repeated.
  const guess = { ...from('10.1.0.5'), Authorization: `Bearer ${makeApiKey().key}` };
  const statuses = [];
  for (let i = 0; i < 25; i += 1) statuses.push((await list(i % 2 ? bad : guess)).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  const limited = await list(guess);
  expect([limited.status, (limited.body as { policy: string }).policy]).toEqual([429, 'failed-keys']);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  // Also one that this replica has never seen.
  const fresh = await makeKey(pair, 'ann');
  for (const key of [ann, fresh]) expect((await list(from('10.1.0.5', key))).status).toBe(200);
  await eventually(() => {
    const bursts = pair.apis[0]?.events('audit.recorded').filter(({ action }) => action === 'keys.failed');
    expect(bursts).toHaveLength(1);
  });
});

test("what a tenant's key is refused for is counted by tenant: neighbours at its address still read why", async () => {
  const [zoe, yan] = [await makeKey(pair, 'zoe'), await makeKey(pair, 'yan')];
  const missing = (key?: MadeKey) => pair.call('GET', '/v1/jobs/no-such-job', undefined, from('10.1.0.11', key));
  const statuses = [];
  for (let i = 0; i < 125; i += 1) statuses.push((await missing(zoe)).status);
  expect(statuses.slice(118)).toEqual([404, 404, 429, 429, 429, 429, 429]);
  for (let i = 0; i < 125; i += 1) await missing();
  expect((await missing()).status).toBe(429);
  expect((await missing(yan)).status).toBe(404);
});

test('of a key only a hash is in Redis, and none of it in a log', () => {
  const dump = pair.redis.dump();
  expect(dump).toContain(ann.id);
  const secret = ann.key.slice(20, 60);
  expect(dump).not.toContain(secret);
  expect(dump).not.toContain((ann.webhook_secret as string).slice(6, 40));
  expect(pair.apis.flatMap(({ lines }) => lines).join('\n')).not.toContain(secret);
});

test('the first key of a tenant comes with its webhook secret; a new one signs first, and the old one too for 24 h', async () => {
  expect(ann.webhook_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect((await makeKey(pair, 'ann')).webhook_secret).toBeNull();
  const rotated = (await keysCommand(pair, ['secret', '--tenant', 'ann'])) as { webhook_secret: string };

  const redis = new Redis(pair.redis.url);
  const sealing = Buffer.from(KEYED.SECRETS_KEY, 'hex');
  const bytes = (secret: string | null) => Buffer.from((secret as string).slice('whsec_'.length), 'base64');
  const store = createAccessStore(redis, '{flashcards}');
  const secretsIn = (hours: number) =>
    createSecretReader({ ...store, now: async () => (await store.now()) + hours * 3_600_000 }, sealing)('ann');
  expect(await secretsIn(23.9)).toEqual([bytes(rotated.webhook_secret), bytes(ann.webhook_secret)]);
  expect(await secretsIn(24.1)).toEqual([bytes(rotated.webhook_secret)]);
  redis.disconnect();
});

describe('the admin API', () => {
  const admin = (method: string, path: string, body?: unknown, key = operator) =>
    pair.call(method, path, body, bearer(key), pair.apis[0]?.opsUrl);

  test('makes, lists, rotates and revokes keys on the operations port', async () => {
    const made = await admin('POST', '/admin/keys', { tenant: 'eva', name: 'first', expires_days: 30 });
    expect([made.status, (made.body as MadeKey).tenant]).toEqual([201, 'eva']);
    const eva = made.body as MadeKey;
    expect((await list(from('10.1.0.7', eva))).status).toBe(200);
    const rotated = await admin('POST', `/admin/keys/${eva.id}/rotate`, {});
    expect([rotated.status, (rotated.body as MadeKey).expires_at]).toEqual([201, eva.expires_at]);
    await eventually(async () => {
      const { body } = await admin('GET', '/admin/keys?tenant=eva');
      const keys = (body as { keys: { id: string; last_used_at: string | null }[] }).keys;
      expect(keys.map(({ id }) => id)).toEqual([eva.id, (rotated.body as MadeKey).id]);
      expect(keys[0]?.last_used_at).not.toBeNull();
      expect(JSON.stringify(keys)).not.toContain('hash');
    }, 5_000);
    expect((await admin('DELETE', `/admin/keys/${eva.id}`)).status).toBe(204);
    expect((await admin('DELETE', `/admin/keys/${eva.id}`)).status).toBe(404);
  });

  test("is closed to a tenant's key, which is audited, and is not on the port that clients reach", async () => {
    expect((await admin('GET', '/admin/keys', undefined, ann)).status).toBe(403);
    expect((await pair.call('GET', '/admin/keys', undefined, from('10.1.0.8', operator))).status).toBe(404);
    expect((await list(from('10.1.0.8', operator))).status).toBe(403);
    await eventually(() => {
      const refused = pair.apis[0]?.events('audit.recorded').filter(({ action }) => action === 'admin.refused');
      expect(refused).toMatchObject([{ actor: ann.id, tenant: 'ann', outcome: 'refused' }]);
    });
  });

  test("sets a tenant's limits one by one, and its next request is held to them", async () => {
    await admin('PATCH', '/admin/tenants/ann/limits', { submits_per_minute: 7 });
    const { body } = await admin('PATCH', '/admin/tenants/ann/limits', { open_jobs: 3 });
    expect(body).toEqual({ submits_per_minute: 7, open_jobs: 3 });
    await eventually(async () => {
      const policy = (await list(from('10.1.0.9', ann))).headers.get('ratelimit-policy');
      expect(policy).toMatch(/^"submits";q=7;w=60, "jobs-open";q=3;qu="concurrent-requests", /);
    });
    expect((await admin('PATCH', '/admin/tenants/nobody/limits', { open_jobs: 3 })).status).toBe(404);
  });

  test('says every broken field of a key that it cannot make', async () => {
    const { status, body } = await admin('POST', '/admin/keys', { tenant: 'open', scopes: ['root'] });
    expect(status).toBe(422);
    expect((body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/tenant',
      '/scopes/0',
    ]);
  });
});

test('AUTH=keys does not start without its secrets, and AUTH=open not beyond loopback', async () => {
  await expect(pair.addApi({ KEY_PEPPER: '' })).rejects.toThrow('KEY_PEPPER');
  await expect(pair.addApi({ AUTH: 'open', HOST: '0.0.0.0' })).rejects.toThrow('AUTH=open');
});
