import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, keysCommand } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), 'flashcards-audit-'));
const AUDIT_FILE = join(folder, 'audit.jsonl');
let pair: Pair;
beforeAll(async () => {
  const settings = { ...KEYED, AUDIT_FILE, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' }; // prettier-ignore
  pair = await Pair.start({ workers: 0, settings });
});
afterAll(async () => {
  await pair.close();
  rmSync(folder, { recursive: true });
});

const execute = promisify(execFile);
/** What `npm run audit:verify` answers, or says on standard error. */
const verify = async (...args: string[]): Promise<string> => {
  const script = join(__dirname, '../../services/api/dist/audit-verify.js');
  const { stdout } = await execute(process.execPath, [script, ...args]).catch((error: { stderr: string }) => ({ stdout: error.stderr })); // prettier-ignore
  return stdout.trim();
};

type Line = Record<string, unknown>;
const lines = (): Line[] =>
  readFileSync(AUDIT_FILE, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Line); // prettier-ignore

test('row 80: each act on keys, limits, secrets, data and settings is one record: who, what, when, from where, how it ended', async () => {
  const command = (...args: string[]) => keysCommand(pair, args, { AUDIT_FILE });
  const operator = (await command('create', '--tenant', 'operators', '--scopes', 'admin')) as MadeKey;
  const admin = async (method: string, path: string, body?: unknown, key: MadeKey = operator) =>
    (await pair.call(method, path, body, { ...bearer(key), 'X-Request-Id': 'act-1' }, pair.apis[0]?.opsUrl)).body;
  const ann = (await admin('POST', '/admin/keys', { tenant: 'ann', name: 'first' })) as MadeKey;
  const next = (await admin('POST', `/admin/keys/${ann.id}/rotate`, {})) as MadeKey;
  await admin('GET', '/admin/keys');
  await fetch(`${pair.apis[0]?.opsUrl}/admin/queues`, { headers: { ...bearer(operator), 'X-Request-Id': 'act-1' } });
  await admin('PATCH', '/admin/tenants/ann/limits', { open_jobs: 9 });
  const { webhook_secret: secret } = (await admin('POST', '/admin/tenants/ann/webhook-secret')) as MadeKey;
  await admin('GET', '/admin/keys', undefined, next);
  const asAnn = { ...bearer(next), 'X-Forwarded-For': '203.0.113.5', 'X-Request-Id': 'act-2' };
  const { body: job } = await pair.call('POST', '/v1/jobs', { text: ENGLISH }, asAnn);
  await pair.call('DELETE', `/v1/jobs/${(job as { id: string }).id}`, undefined, asAnn);
  await pair.call('DELETE', '/v1/data', undefined, asAnn);
  for (let i = 0; i < 21; i += 1)
    await pair.call('GET', '/v1/jobs', undefined, { Authorization: 'Bearer x', 'X-Forwarded-For': '203.0.113.6' });
  await admin('DELETE', `/admin/keys/${next.id}`);

  const by = { actor: operator.id, request_id: 'act-1', from: expect.stringMatching(/./) as string };
  const mine = { actor: next.id, tenant: 'ann', from: '203.0.113.5', request_id: 'act-2' };
  const expected: Line[] = [
    { action: 'service.started', actor: 'service', details: { auth: 'keys', settings: expect.any(String) as string } },
    { action: 'webhooks.inner_ranges_allowed', actor: 'service', details: { cidrs: '127.0.0.0/8' } },
    { action: 'key.created', actor: 'command', tenant: 'operators', target: operator.id },
    { action: 'key.created', ...by, tenant: 'ann', target: ann.id },
    { action: 'key.rotated', ...by, tenant: 'ann', target: ann.id },
    { action: 'keys.listed', ...by },
    { action: 'queues.read', ...by },
    { action: 'limits.set', ...by, tenant: 'ann', details: { open_jobs: 9 } },
    { action: 'webhook_secret.rotated', ...by, tenant: 'ann' },
    { action: 'admin.refused', actor: next.id, tenant: 'ann', outcome: 'refused' },
    { action: 'job.erased', ...mine, target: (job as { id: string }).id },
    { action: 'data.erasure_asked', ...mine },
    { action: 'data.erased', ...mine },
    { action: 'keys.failed', actor: 'service', from: '203.0.113.6', outcome: 'refused' },
    { action: 'key.revoked', ...by, tenant: 'ann', target: next.id },
  ];
  await eventually(() => {
    const records = lines();
    for (const one of expected)
      expect(records.filter((record) => record['action'] === one['action'])).toContainEqual(
        expect.objectContaining({ outcome: 'done', ...one }),
      );
    expect(records).toHaveLength(expected.length);
  }, 20_000);
  for (const record of lines())
    expect([Date.parse(record['time'] as string) > 0, typeof record['hash']]).toEqual([true, 'string']);
  const text = readFileSync(AUDIT_FILE, 'utf8');
  for (const never of [ann.key, next.key, operator.key, secret as string]) expect(text).not.toContain(never.slice(-30));
  expect(text).not.toContain(ENGLISH.slice(0, 20));
});

test('row 80: a cut or remade audit log does not pass against the line that an operator noted before', async () => {
  const said = await verify(AUDIT_FILE);
  const note = said.split('\n').at(-1) as string;
  expect(note).toBe(`${lines().length}:${lines().at(-1)?.['hash'] as string}`);
  expect(await verify(AUDIT_FILE, '--note', note)).toContain(note);
  const cut = join(folder, 'cut.jsonl');
  writeFileSync(cut, readFileSync(AUDIT_FILE, 'utf8').replace(/.*\n$/, ''));
  expect(await verify(cut)).toContain('each bound to the one before');
  expect(await verify(cut, '--note', note)).toContain(`is missing: ${lines().length} records were noted`);
  expect(await verify(cut, '--note', 'yesterday')).toContain('--note must be the last line of an earlier answer');
});
