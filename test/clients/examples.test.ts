import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tied } from '../../scripts/tied.cjs';
import { eventually } from '../harness/eventually';
import { freePort } from '../harness/redis/redis-server';
import { Pair } from '../harness/stack/pair';
import { CHINESE, ENGLISH } from '../harness/texts';

const EXAMPLES = join(__dirname, '../../examples');
const folder = mkdtempSync(join(tmpdir(), 'flashcards-examples-'));
const at = (name: string): string => join(folder, name);
let pair: Pair;
jest.setTimeout(60_000);
beforeAll(async () => {
  pair = await Pair.start();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pair.close();
});

interface Running {
  readonly child: ChildProcess;
  out: string;
}

function begin(name: string, words: readonly string[] = [], environment: Record<string, string> = {}): Running {
  const env = { PATH: process.env['PATH'], FLASHCARDS_URL: pair.url, ...environment };
  const running: Running = {
    child: spawn(...tied(process.execPath, [join(EXAMPLES, name), ...words]), { env }),
    out: '',
  };
  running.child.stdout?.on('data', (data) => (running.out += String(data)));
  running.child.stderr?.on('data', (data) => (running.out += String(data)));
  return running;
}

async function run(name: string, words: readonly string[] = []): Promise<{ code: number | null; out: string }> {
  const running = begin(name, words);
  const code = await new Promise<number | null>((resolve) => running.child.once('close', resolve));
  return { code, out: running.out };
}

test('every example has its test', () => {
  const tested = ['follow.mjs', 'import-folder.mjs', 'submit-and-poll.mjs', 'webhook-receiver.mjs'];
  expect(
    readdirSync(EXAMPLES)
      .filter((name) => name.endsWith('.mjs'))
      .sort(),
  ).toEqual(tested);
});

test('submit-and-poll prints the cards of a file, and says why there are none', async () => {
  writeFileSync(at('text.md'), CHINESE);
  const { code, out } = await run('submit-and-poll.mjs', [at('text.md')]);
  expect([code, out.match(/\(\d+ to \d+\)/g)?.length]).toEqual([0, 5]);
  writeFileSync(at('short.md'), '好。');
  expect(await run('submit-and-poll.mjs', [at('short.md')])).toMatchObject({
    code: 1,
    out: expect.stringContaining('no_cards'),
  });
  writeFileSync(at('long.md'), '好'.repeat(10_001));
  expect(await run('submit-and-poll.mjs', [at('long.md')])).toMatchObject({
    code: 1,
    out: expect.stringContaining('invalid_request'),
  });
});

test('follow prints each card and then the end', async () => {
  const { code, out } = await run('follow.mjs');
  expect(code).toBe(0);
  expect(out.match(/^ {2}\S/gm)?.length).toBeGreaterThanOrEqual(2);
  expect(out.trim()).toMatch(/\(completed\)$/);
});

test('webhook-receiver takes a signed message once, fetches its deck, and refuses a forged one', async () => {
  const secret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
  const receiver = begin('webhook-receiver.mjs', [], { WEBHOOK_SECRET: secret, PORT: String(await freePort()) });
  try {
    const url = await eventually(() => {
      const [, address] = /listening on (\S+)/.exec(receiver.out) ?? [];
      if (!address) throw new Error(receiver.out);
      return address;
    });
    const job = await pair.finished({ text: `${ENGLISH} Webhook.` });
    const body = JSON.stringify({ type: 'job.completed', timestamp: job.finished_at, data: { ...job, result: null } });
    const send = (payload: string) => {
      const [id, timestamp] = [`${job.id}.3`, String(Math.floor(Date.now() / 1_000))];
      const key = Buffer.from(secret.slice(6), 'base64');
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
      return fetch(url, { method: 'POST', body: payload, headers });
    };
    expect((await send(body)).status).toBe(204);
    expect((await send(body)).status).toBe(204);
    expect((await send(body.replace('completed', 'failed'))).status).toBe(400);
    await eventually(() => expect(receiver.out).toContain(`${job.id} job.completed: Plate tectonics`));
    expect(receiver.out.match(/job\.completed/g)).toHaveLength(1);
  } finally {
    receiver.child.kill();
  }
});

test('import-folder makes a deck of each text, says which have none, and does nothing twice', async () => {
  const notes = mkdtempSync(at('notes-'));
  for (const [name, text] of Object.entries({
    'a.md': CHINESE,
    'b.txt': ENGLISH,
    'c.md': '好。',
    'd.pdf': 'no text',
  })) {
    writeFileSync(join(notes, name), text);
  }
  const decks = at('decks');
  const first = await run('import-folder.mjs', [notes, decks, 'json']);
  expect([first.code, readdirSync(decks).sort()]).toEqual([1, ['a.json', 'b.json']]);
  expect(first.out).toContain('1 without a deck: c.md');
  expect(JSON.parse(readFileSync(join(decks, 'a.json'), 'utf8'))).toMatchObject({ language: 'zh-Hans' });
  const { totals } = await pair.ledger();
  const second = await run('import-folder.mjs', [notes, decks, 'json']);
  expect(second.out).toContain('a.md: is there already');
  expect((await pair.ledger()).totals.calls).toBe(totals.calls);
  expect(existsSync(join(decks, 'c.json.part'))).toBe(false);
});
