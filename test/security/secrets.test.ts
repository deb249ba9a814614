import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, keysCommand } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { Receiver } from '../harness/servers/receiver';
import { contentsOf } from '../harness/redis/contents';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), 'flashcards-secrets-'));
/** Marked secrets: none of them may come out anywhere. */
const CANARY = 'CANARYd41d8cd9';
const MODEL_KEY = `sk-or-v1-${CANARY}-model`;
const PEPPER = `${CANARY}-pepper-that-is-long-enough-to-be-one`;
const AUDIT_FILE = join(folder, 'audit.jsonl');

let pair: Pair;
let ann: MadeKey;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.start();
  const file = join(folder, 'key_pepper');
  writeFileSync(file, PEPPER, { mode: 0o600 });
  const { KEY_PEPPER: _pepper, ...keyed } = KEYED;
  const settings = {
    ...keyed,
    KEY_PEPPER_FILE: file,
    AUDIT_FILE,
    RATE_LIMIT_PER_MINUTE: 0,
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    LOG_LEVEL: 'debug',
  };
  pair = await Pair.start({ workers: 0, settings });
  await pair.addWorker({ OPENROUTER_API_KEY: MODEL_KEY, KEY_PEPPER_FILE: '' });
  ann = (await keysCommand(pair, ['create', '--tenant', 'ann'], { KEY_PEPPER: PEPPER, AUDIT_FILE })) as MadeKey;
});
afterAll(async () => {
  await pair.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const script = (...scenarios: string[]) =>
  fetch(`${pair.standin.controlUrl}/script`, { method: 'POST', body: JSON.stringify({ scenarios }) });

test('rows 44 to 46: after every kind of end no log, record, metric, audit line or answer holds a secret', async () => {
  const answers: string[] = [];
  let count = 0;
  for (const scenario of [
    'ok',
    '401',
    '403',
    '500',
    '502',
    '429',
    'reset_after_bytes',
    'html',
    '200_error',
    'broken',
  ]) {
    await fetch(`${pair.standin.controlUrl}/reset`, { method: 'POST' });
    await script(scenario, scenario, scenario, scenario, scenario, scenario);
    const body = {
      text: `${ENGLISH} Note ${(count += 1)} is a note about it.`,
      options: { cards: 1, focus: 'line one\nline two \u2028 \u202E' },
      webhook: { url: receiver.url(`/hook?token=${CANARY}-url`) },
      deadline_seconds: 3,
    };
    answers.push((await pair.call('POST', '/v1/jobs', body, { ...bearer(ann), Prefer: 'wait=4' })).text);
  }
  for (const path of ['/v1/jobs', '/v1/usage', '/health', '/v1/queue', '/openapi.json'])
    answers.push((await pair.call('GET', path, undefined, bearer(ann))).text);
  const metrics = await Promise.all(
    [...pair.apis, ...pair.workers].map(async ({ opsUrl }) => (await fetch(`${opsUrl}/metrics`)).text()),
  );
  const logs = [...pair.apis, ...pair.workers].flatMap(({ lines }) => lines);
  expect(logs.length).toBeGreaterThan(20);
  const records = [...(await contentsOf(pair.redis.url))].filter(([name]) => !/:(job|delivery|hook):/.test(name));
  for (const place of [
    logs.join('\n'),
    answers.join('\n'),
    metrics.join('\n'),
    readFileSync(AUDIT_FILE, 'utf8'),
    JSON.stringify(records),
  ])
    for (const secret of [CANARY, ann.key.slice(20, 60), ann.webhook_secret?.slice(6, 46) ?? '', KEYED.SECRETS_KEY])
      expect(place).not.toContain(secret);
  const file = pair.redis.dump();
  expect(file).toContain(ann.id);
  for (const secret of [
    MODEL_KEY,
    PEPPER,
    ann.key.slice(20, 60),
    ann.webhook_secret?.slice(6, 46) ?? '',
    KEYED.SECRETS_KEY,
  ])
    expect(file).not.toContain(secret);
  // A record and its delivery hold the URL that the client gave, and none of our own secrets.
  expect(JSON.stringify([...(await contentsOf(pair.redis.url))])).not.toMatch(new RegExp(`${CANARY}-(model|pepper)`));
  // Row 43: each line is one record, and what would turn a line around is escaped.
  for (const line of logs) expect(() => JSON.parse(line) as unknown).not.toThrow();
  expect(logs.join('')).not.toMatch(/[\u2028\u2029\u202A-\u202E]/);
});

test("row 60: the model's key is in workers alone, and a secret from a file in no environment", () => {
  const environment = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'latin1');
  const [api, worker] = [pair.apis[0], pair.workers[0]].map((service) => environment(service?.pid as number));
  expect(api).not.toContain('OPENROUTER_API_KEY');
  expect(api).not.toContain(PEPPER);
  expect(worker).toContain(MODEL_KEY);
  expect(worker).not.toContain('pepper');
});

test('row 61: a secret that others may read is warned of by name, never by value', async () => {
  const file = join(folder, 'open_pepper');
  writeFileSync(file, PEPPER);
  chmodSync(file, 0o644);
  const api = await pair.addApi({ KEY_PEPPER_FILE: file });
  await eventually(() => expect(api.events('config.secret_readable')).toMatchObject([{ setting: 'KEY_PEPPER_FILE' }]));
  expect(pair.apis[0]?.events('config.secret_readable')).toEqual([]);
  expect(api.lines.join('')).not.toContain(CANARY);
});

test('row 89: without NODE_ENV nothing is let in that production would not let in', async () => {
  // None of these services was given one.
  expect((await pair.call('GET', '/v1/jobs')).status).toBe(401);
  const answer = await pair.call('POST', '/v1/jobs', '{', bearer(ann));
  expect(answer.text).not.toMatch(/\bat .*:\d+|node_modules/);
});

test('row 90: a signal that would open a debugger opens none', async () => {
  const api = pair.apis[0];
  api?.signal('SIGUSR1');
  await eventually(() => expect(api?.events('process.debugger_refused')).toHaveLength(1));
  expect(api?.lines.join('\n')).not.toContain('Debugger listening');
});
