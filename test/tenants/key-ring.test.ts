import { Redis } from 'ioredis';
import { DEFAULT_SCOPES } from '@flashcards/shared/security/api-key';
import { createRecordSigner } from '@flashcards/shared/security/record-signature';
import { secretKey } from '@flashcards/shared/security/webhook-secret';
import type { AuditRecord } from '@flashcards/shared/runtime/audit';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretMaker, createSecretReader } from '@flashcards/shared/store/keys/webhook-secrets';
import { createAccess } from '../../services/api/src/keys/access';
import { KeyRing } from '../../services/api/src/keys/key-ring';
import { createTrust } from '../../services/api/src/keys/trust';
import { NO_LIMITS } from '@flashcards/shared/contract/limits';
import { RedisServer } from '../harness/redis/redis-server';

const PEPPER = 'a pepper of this test';
const SEALING = Buffer.alloc(32, 7);
const BY = { actor: 'command', from: '203.0.113.1', request_id: 'r-1' };
const HOUR = 3_600_000;

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await RedisServer.start('no');
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

/** A key ring of its own, and what it wrote to the audit log. */
function keyRing(prefix: string) {
  const clock = { now: Date.now() };
  const store = { ...createAccessStore(redis, `{${prefix}}`), now: () => Promise.resolve(clock.now) };
  const secrets = createSecretMaker(store, SEALING);
  const records: AuditRecord[] = [];
  const audit = { record: (record: AuditRecord) => Promise.resolve(void records.push(record)) };
  const signer = createRecordSigner(PEPPER);
  const trust = createTrust({ signer, required: false, onUnsigned: () => undefined });
  const keys = new KeyRing({ store, secrets, pepper: PEPPER, signer, trust, audit });
  const access = () => createAccess({ store, trust, pepper: PEPPER, limits: NO_LIMITS, onError: () => undefined });
  const secretsOf = () => createSecretReader(store, SEALING, () => clock.now);
  return { keys, records, store, access, clock, secretsOf };
}
const newKey = { tenant: 'ann', name: 'laptop', scopes: DEFAULT_SCOPES, expires_days: null };
const refused = (code: string, message: string) => expect.objectContaining({ code, message }) as Error;

test('a key that was made opens for its tenant, and is shown once', async () => {
  const { keys, records, access, store } = keyRing('make');
  const made = await keys.create(newKey, BY);
  expect(made).toMatchObject({ tenant: 'ann', name: 'laptop', scopes: DEFAULT_SCOPES, expires_at: null, rotated_to: null, last_used_at: null, signed: true }); // prettier-ignore
  expect(Date.now() - Date.parse(made.created_at)).toBeLessThan(60_000);
  expect(await access().callerOf(made.key)).toMatchObject({ tenant: 'ann', actor: made.id, scopes: DEFAULT_SCOPES });
  expect(made.webhook_secret).toMatch(/^whsec_/);
  expect(JSON.stringify(await store.find(made.id))).not.toContain(made.key.slice(20, 60));
  expect(records).toEqual([
    { action: 'key.created', ...BY, tenant: 'ann', target: made.id, outcome: 'done', details: { scopes: DEFAULT_SCOPES, webhook_secret: 'made' } },
  ]); // prettier-ignore
  const second = await keys.create(newKey, BY);
  expect(second.webhook_secret).toBeNull();
  expect(records[1]?.details).toEqual({ scopes: DEFAULT_SCOPES });
  expect(JSON.stringify(records)).not.toContain(made.key);
});

test('a key ends when it should', async () => {
  const { keys } = keyRing('expiry');
  const { created_at, expires_at } = await keys.create({ ...newKey, expires_days: 2 }, BY);
  expect(Date.parse(expires_at as string) - Date.parse(created_at)).toBe(48 * HOUR);
});

test('a tenant has fifty keys at most, and one more after one is revoked', async () => {
  const { keys } = keyRing('most');
  const first = await keys.create(newKey, BY);
  for (let i = 1; i < 50; i += 1) await keys.create(newKey, BY);
  await expect(keys.create(newKey, BY)).rejects.toThrow(refused('conflict', 'This tenant has 50 keys, the most it may have. Revoke one first.'));
  await keys.create({ ...newKey, tenant: 'bob' }, BY);
  await keys.revoke(first.id, BY);
  await keys.create(newKey, BY);
}); // prettier-ignore

test('keys are listed without the key, of one tenant or of all, and that is audited', async () => {
  const { keys, records } = keyRing('list');
  const [ann, bob] = [
    await keys.create(newKey, BY),
    await keys.create({ ...newKey, tenant: 'bob', name: 'server' }, BY),
  ];
  const listed = await keys.list('ann', BY);
  expect(listed).toEqual([
    { id: ann.id, tenant: 'ann', name: 'laptop', scopes: DEFAULT_SCOPES, created_at: ann.created_at, expires_at: null, rotated_to: null, last_used_at: null, signed: true },
  ]); // prettier-ignore
  expect((await keys.list(undefined, BY)).map(({ id }) => id).sort()).toEqual([ann.id, bob.id].sort());
  expect(records.slice(2)).toEqual([
    { action: 'keys.listed', ...BY, tenant: 'ann', outcome: 'done' },
    { action: 'keys.listed', ...BY, outcome: 'done' },
  ]);
});

test('a rotated key stays good for the overlap and no longer, and its successor has the same rights', async () => {
  const { keys, records, store, access, clock } = keyRing('rotate');
  const old = await keys.create({ ...newKey, scopes: ['jobs:read'] }, BY);
  const next = await keys.rotate(old.id, { overlap_hours: 24 }, BY);
  expect(next).toMatchObject({ tenant: 'ann', name: 'laptop', scopes: ['jobs:read'], expires_at: null });
  const known = await store.find(old.id);
  expect(known?.rotatedTo).toBe(next.id);
  const until = known?.expires as number;
  expect(until).toBe(clock.now + 24 * HOUR);
  for (const { key, id } of [old, next]) expect(await access().callerOf(key)).toMatchObject({ actor: id });
  expect(records.at(-1)).toEqual({
    action: 'key.rotated', ...BY, tenant: 'ann', target: old.id, outcome: 'done',
    details: { new_key: next.id, new_ends_at: 'never', old_ends_at: new Date(until).toISOString() },
  }); // prettier-ignore
  await expect(keys.rotate(old.id, { overlap_hours: 24 }, BY)).rejects.toThrow(refused('conflict', 'This key was already rotated to another one.')); // prettier-ignore
});

test('an overlap makes no key last longer than it would have', async () => {
  const { keys, store } = keyRing('overlap');
  const old = await keys.create({ ...newKey, expires_days: 1 }, BY);
  await keys.rotate(old.id, { overlap_hours: 1_000 }, BY);
  expect((await store.find(old.id))?.expires).toBe(Date.parse(old.expires_at as string));
});

test('a rotation prolongs nothing: the new key ends at the instant at which the old one would have', async () => {
  const { keys, store, access } = keyRing('same-end');
  const old = await keys.create({ ...newKey, expires_days: 1 }, BY);
  const next = await keys.rotate(old.id, { overlap_hours: 2 }, BY);
  expect(next.expires_at).toBe(old.expires_at);
  expect((await store.find(next.id))?.expires).toBe(Date.parse(old.expires_at as string));
  expect((await store.find(old.id))?.expires).toBeLessThan(Date.now() + 2 * HOUR + 1);
  expect(await access().callerOf(next.key)).toMatchObject({ actor: next.id });
  const again = await keys.rotate(next.id, { overlap_hours: 48 }, BY);
  expect(again.expires_at).toBe(old.expires_at);
});

test.each([
  ['that ends, asked for another end', 1, 30, 30],
  ['that does not end, asked for an end', null, 7, 7],
  ['that ends, asked for none', 1, null, null],
  ['that ends, asked for nothing', 1, undefined, 1],
  ['that does not end, asked for nothing', null, undefined, null],
])('a rotation of a key %s, gives the new one the end that was asked for', async (_what, had, asked, gets) => {
  const { keys, records, store, access } = keyRing(`asked-end-${had}-${asked}`);
  const scopes = ['jobs:read', 'admin'] as const;
  const old = await keys.create({ ...newKey, scopes, expires_days: had }, BY);
  await keys.setLimits('ann', { open_jobs: 3 }, BY);
  const next = await keys.rotate(old.id, { overlap_hours: 1, expires_days: asked }, BY);
  const days = (time: string | null) => time && Math.round((Date.parse(time) - Date.now()) / (24 * HOUR));
  expect(days(next.expires_at)).toBe(gets);
  expect(records.at(-1)?.details).toMatchObject({ new_ends_at: next.expires_at ?? 'never' });
  expect((await store.find(next.id))?.expires).toBe(next.expires_at && Date.parse(next.expires_at));
  // However long the new key lasts, the old one keeps to its overlap, and the rights are the same.
  expect((await store.find(old.id))?.expires).toBeLessThan(Date.now() + HOUR + 1);
  expect(await access().callerOf(next.key)).toMatchObject({ tenant: 'ann', scopes, limits: { open_jobs: 3 } });
});

test('a key that has expired is not brought back by a rotation', async () => {
  const { keys, store, clock } = keyRing('expired');
  const old = await keys.create({ ...newKey, expires_days: 1 }, BY);
  clock.now += 24 * HOUR;
  await expect(keys.rotate(old.id, { overlap_hours: 1 }, BY)).rejects.toThrow(
    refused('conflict', 'This key has expired and cannot be rotated. Create a new one.'),
  );
  expect(await store.count('ann')).toBe(1);
});

test('of two rotations at once one wins, and the other leaves no key behind', async () => {
  const { keys, store } = keyRing('race');
  const old = await keys.create(newKey, BY);
  const outcomes = await Promise.allSettled([
    keys.rotate(old.id, { overlap_hours: 1 }, BY),
    keys.rotate(old.id, { overlap_hours: 1 }, BY),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const lost = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect(lost.reason).toMatchObject({ code: 'conflict', message: 'This key was already rotated to another one.' });
  expect(await store.count('ann')).toBe(2);
});

test('a revoked key is none, for clients and for admins', async () => {
  const { keys, records, access } = keyRing('revoke');
  const { id, key } = await keys.create(newKey, BY);
  await keys.revoke(id, BY);
  expect(await access().callerOf(key)).toBeNull();
  expect(records.at(-1)).toEqual({ action: 'key.revoked', ...BY, tenant: 'ann', target: id, outcome: 'done' });
  for (const again of [keys.revoke(id, BY), keys.rotate(id, { overlap_hours: 1 }, BY)])
    await expect(again).rejects.toThrow(refused('not_found', 'There is no key with this id.'));
});

test("a tenant's webhook secret signs from its first key on, and beside its successor for 24 hours", async () => {
  const { keys, records, secretsOf, clock, store } = keyRing('secret');
  const { webhook_secret: first } = await keys.create(newKey, BY);
  expect(secretKey(first as string)).toHaveLength(32);
  expect((await secretsOf()('ann')).map(String)).toEqual([String(secretKey(first as string))]);
  expect(JSON.stringify(await store.secrets('ann'))).not.toContain((first as string).slice(6));

  const rotated = await keys.rotateSecret('ann', BY);
  expect(rotated.previous_signs_until).toBe(new Date(clock.now + 24 * HOUR).toISOString());
  const both = [rotated.webhook_secret, first as string].map((secret) => secretKey(secret).toString('hex'));
  const signing = async () => (await secretsOf()('ann')).map((key) => key.toString('hex'));
  expect(await signing()).toEqual(both);
  clock.now += 24 * HOUR - 1;
  expect(await signing()).toEqual(both);
  clock.now += 1;
  expect(await signing()).toEqual(both.slice(0, 1));
  expect(records.at(-1)).toEqual({ action: 'webhook_secret.rotated', ...BY, tenant: 'ann', outcome: 'done' });
  expect(JSON.stringify(records)).not.toContain(rotated.webhook_secret.slice(6));
});

test('a process that signs uses a new secret within half a minute, and reads it no more often', async () => {
  const { keys, secretsOf, clock } = keyRing('heard');
  await keys.create(newKey, BY);
  const keysOf = secretsOf();
  expect(await keysOf('ann')).toHaveLength(1);
  await keys.rotateSecret('ann', BY);
  clock.now += 29_999;
  expect(await keysOf('ann')).toHaveLength(1);
  clock.now += 1;
  expect(await keysOf('ann')).toHaveLength(2);
  expect(await keysOf('nobody')).toEqual([]);
});

test('what was sealed for one tenant signs for no other', async () => {
  const { keys, store, secretsOf } = keyRing('sealed');
  await keys.create(newKey, BY);
  const { current } = (await store.secrets('ann')) as { current: string };
  await store.addSecret('bob', current);
  await expect(secretsOf()('bob')).rejects.toThrow();
});

test('a tenant that is not there has nothing to rotate or to limit', async () => {
  const { keys, records } = keyRing('nobody');
  const none = refused('not_found', 'There is no tenant with this id.');
  await expect(keys.rotateSecret('nobody', BY)).rejects.toThrow(none);
  await expect(keys.setLimits('nobody', { open_jobs: 1 }, BY)).rejects.toThrow(none);
  expect(records).toEqual([]);
});

test("a tenant's limits are set one by one, and that is audited", async () => {
  const { keys, records, access } = keyRing('limits');
  const { key } = await keys.create(newKey, BY);
  await keys.setLimits('ann', { open_jobs: 3 }, BY);
  expect(await keys.setLimits('ann', { usd_per_day: 2 }, BY)).toEqual({ open_jobs: 3, usd_per_day: 2 });
  expect(await access().callerOf(key)).toMatchObject({ limits: { ...NO_LIMITS, open_jobs: 3, usd_per_day: 2 } });
  expect(records.at(-1)).toEqual({ action: 'limits.set', ...BY, tenant: 'ann', outcome: 'done', details: { usd_per_day: 2 } }); // prettier-ignore
});

/** Redis as a version left it that signed nothing. */
async function unsign(prefix: string, ...ids: string[]): Promise<void> {
  for (const id of ids) await redis.hdel(`{${prefix}}:key:${id}`, 'mac');
  await redis.hdel(`{${prefix}}:tenant:ann`, 'limits_mac');
  await redis.del(`{${prefix}}:keys-signed`);
}

test('keys and limits of an earlier version are good until all are signed, and signing changes nothing of them', async () => {
  const { keys, records, access } = keyRing('upgrade');
  const old = await keys.create(newKey, BY);
  await keys.setLimits('ann', { open_jobs: 3 }, BY);
  await unsign('upgrade', old.id);
  const caller = { tenant: 'ann', scopes: DEFAULT_SCOPES, limits: { open_jobs: 3 } };
  expect(await keyRing('upgrade').access().callerOf(old.key)).toMatchObject(caller);

  const fresh = keyRing('upgrade');
  const made = await fresh.keys.create(newKey, BY); // signed, but not all are
  const found = { keys: [{ id: old.id, tenant: 'ann', signed: false }], limits: [{ tenant: 'ann', limits: { open_jobs: 3 } }] }; // prettier-ignore
  expect(await fresh.keys.sign(false, BY)).toMatchObject({ applied: false, ...found });
  expect(await fresh.keys.sign(false, BY)).toMatchObject(found); // it only said so
  expect(await fresh.keys.sign(true, BY)).toMatchObject({ applied: true, ...found });
  expect(fresh.records.at(-1)).toMatchObject({
    action: 'records.signed',
    details: { keys: [old.id], limits_of: ['ann'] },
  });
  expect(await fresh.keys.sign(false, BY)).toEqual({ applied: false, keys: [], limits: [] });
  for (const { key } of [old, made]) expect(await access().callerOf(key)).toMatchObject(caller);
  expect(records.length).toBeGreaterThan(0);
});

test('once all are signed, an unsigned key opens nothing, passes its rights on to none, and can only be revoked', async () => {
  const { keys, access } = keyRing('strict');
  const { id, key } = await keys.create(newKey, BY);
  await redis.hset(`{strict}:key:${id}`, 'scopes', 'jobs:read admin');
  expect(await access().callerOf(key)).toBeNull();
  await expect(keys.rotate(id, { overlap_hours: 1 }, BY)).rejects.toThrow(refused('conflict', 'The record of this key was not written by this service, or it was changed since. Revoke it and create a new key.'));
  expect(await keys.list('ann', BY)).toMatchObject([{ id, signed: false }]);
  await keys.revoke(id, BY);
  expect(await keys.list('ann', BY)).toEqual([]);
}); // prettier-ignore

test('limits that were not set by this service are not kept when others are set', async () => {
  const { keys, access } = keyRing('strict-limits');
  const { key } = await keys.create(newKey, BY);
  await redis.hset('{strict-limits}:tenant:ann', { limits: '{"usd_per_day":1000000}', limits_mac: 'forged' });
  expect(await access().callerOf(key)).toMatchObject({ limits: NO_LIMITS });
  expect(await keys.setLimits('ann', { open_jobs: 3 }, BY)).toEqual({ open_jobs: 3 });
  expect(await access().callerOf(key)).toMatchObject({ limits: { ...NO_LIMITS, open_jobs: 3 } });
});
