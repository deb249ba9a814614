import { hashOfApiKey, makeApiKey } from '@flashcards/shared/security/api-key';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(60_000);
let pair: Pair;
let ann: MadeKey;
let victim: MadeKey;
beforeEach(async () => {
  pair = await Pair.start({ workers: 0, settings: KEYED });
  [ann, victim] = [await makeKey(pair, 'ann'), await makeKey(pair, 'victim')];
});
afterEach(() => pair.close());

const status = async (key: { key: string }, api = pair.apis[0]) =>
  (await pair.call('GET', '/v1/usage', undefined, bearer(key), api?.url)).status;
const adminStatus = async (key: { key: string }) =>
  (await pair.call('GET', '/admin/keys', undefined, bearer(key), pair.apis[0]?.opsUrl)).status;

/** As somebody who may write all of Redis, and tells the service what to read again. */
async function write(...command: [string, ...string[]]): Promise<void> {
  await pair.redis.command(...command);
  await pair.redis.command('PUBLISH', '{flashcards}:key-changes', '');
}
const recordOf = (key: MadeKey) => `{flashcards}:key:${key.id}`;

test('a record that somebody wrote into Redis makes no admin, and gives no key to another tenant', async () => {
  expect([await status(ann), await adminStatus(ann)]).toEqual([200, 403]);
  for (const change of [['scopes', 'jobs:read admin'], ['tenant', 'victim'], ['expires', '9999999999999'], ['tenant', 'victim', 'scopes', 'admin']]) {
    await write('HSET', recordOf(ann), ...change);
    await eventually(async () => expect([await status(ann), await adminStatus(ann)]).toEqual([401, 401]));
    await write('HSET', recordOf(ann), 'scopes', 'jobs:read jobs:write data:erase', 'tenant', 'ann', 'expires', '');
    await eventually(async () => expect(await status(ann)).toBe(200));
  }
  // Nor the signature of another record, nor none, nor a key whose hash is right.
  const mac = String(await pair.redis.command('HGET', recordOf(victim), 'mac'));
  await write('HSET', recordOf(ann), 'tenant', 'victim', 'mac', mac);
  await eventually(async () => expect(await status(ann)).toBe(401));
  const made = makeApiKey();
  const hash = hashOfApiKey(KEYED.KEY_PEPPER, made.key);
  await write('HSET', `{flashcards}:key:${made.id}`, 'tenant', 'victim', 'scopes', 'admin', 'created', '1', 'hash', hash);
  expect([await status(made), await adminStatus(made)]).toEqual([401, 401]);
  await write('DEL', '{flashcards}:keys-signed'); // that all are signed, this process knows
  expect([await status(made), await adminStatus(made)]).toEqual([401, 401]);
  expect(await status(victim)).toBe(200);
  const refused = expect.objectContaining({ what: 'key', tenant: 'victim', key_id: made.id, refused: true }) as object;
  await eventually(() => expect(pair.apis[0]?.events('record.refused_unsigned')).toContainEqual(refused));
}); // prettier-ignore

test('limits that somebody wrote into Redis are not those of the tenant', async () => {
  const policy = async () =>
    (await pair.call('GET', '/v1/jobs', undefined, bearer(ann))).headers.get('ratelimit-policy') ?? '';
  await keysCommand(pair, ['limits', '--tenant', 'ann', '--open-jobs', '3']);
  await eventually(async () => expect(await policy()).toContain('"jobs-open";q=3'));
  await write('HSET', '{flashcards}:tenant:ann', 'limits', '{"open_jobs":3000}');
  await eventually(async () => expect(await policy()).not.toContain('jobs-open'));
});

test('an update locks nobody out: keys of a version that signed nothing go on, and after `keys sign --apply` no others do', async () => {
  await pair.redis.command('HDEL', recordOf(ann), 'mac');
  await pair.redis.command('DEL', '{flashcards}:keys-signed');
  const updated = await pair.addApi();
  expect([await status(ann, updated), await status(victim, updated)]).toEqual([200, 200]);
  const accepted = { tenant: 'ann', key_id: ann.id, refused: false };
  await eventually(() => expect(updated.events('record.accepted_unsigned')).toMatchObject([accepted]));
  const strict = await pair.addApi({ REQUIRE_SIGNED_KEYS: 'true' });
  expect([await status(ann, strict), await status(victim, strict)]).toEqual([401, 200]);

  expect(await keysCommand(pair, ['sign'])).toMatchObject({ applied: false, keys: [{ id: ann.id, tenant: 'ann' }] });
  expect(await status(ann, strict)).toBe(401);
  expect(await keysCommand(pair, ['sign', '--apply'])).toMatchObject({ applied: true, keys: [{ id: ann.id }] });
  for (const api of pair.apis) await eventually(async () => expect(await status(ann, api)).toBe(200));
  await write('HDEL', recordOf(ann), 'mac');
  await eventually(async () => expect(await status(ann, updated)).toBe(401));
});
