import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CARD_TYPES, type Deck } from '@flashcards/shared/contract/deck';
import type { UsageReport } from '@flashcards/client';
import { type Job, STATUSES } from '@flashcards/shared/contract/job';
import { FORMATS } from '@flashcards/shared/formats/index';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { CHINESE, ENGLISH } from '../harness/texts';

const COMMAND = join(__dirname, '../../packages/client/dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'flashcards-command-'));
const at = (name: string): string => join(folder, name);
let pair: Pair;
jest.setTimeout(60_000);
beforeAll(async () => {
  pair = await Pair.start();
  writeFileSync(at('笔记.md'), CHINESE);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pair.close();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function begin(words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'], FLASHCARDS_URL: pair.url, ...environment };
  return spawn(process.execPath, [COMMAND, ...words], { env, cwd: folder });
}

async function end(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => (output.stdout += String(data)));
  child.stderr?.on('data', (data) => (output.stderr += String(data)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...output };
}

function flashcards(
  words: readonly string[],
  input?: string | Buffer,
  environment?: Record<string, string>,
): Promise<Ended> {
  const child = begin(words, environment);
  child.stdin?.end(input ?? '');
  return end(child);
}

test('a file becomes a deck in the format that the name says', async () => {
  const { code, stderr } = await flashcards([
    'make',
    '笔记.md',
    '-o',
    'deck.json',
    '--cards',
    '5',
    '--types',
    'basic,cloze',
  ]);
  expect(code).toBe(0);
  const deck = JSON.parse(readFileSync(at('deck.json'), 'utf8')) as Deck;
  expect(deck.cards).toHaveLength(5);
  expect(deck.language).toBe('zh-Hans');
  expect(stderr).toContain('5 cards');
  expect(stderr).toContain('deck.json (json, ');
});

test('a deck is written under the longest name that a file may have', async () => {
  const name = `${'光'.repeat(83)}ab.csv`;
  expect(Buffer.byteLength(name)).toBe(255);
  expect(await flashcards(['make', '笔记.md', '-o', name])).toMatchObject({ code: 0 });
  expect(readFileSync(at(name), 'utf8')).toContain('front');
});

test('a text from standard input becomes a list to read, each card with its quote', async () => {
  const { code, stdout } = await flashcards(['make', '--cards', '3', '--lang', 'en'], ENGLISH);
  expect(code).toBe(0);
  expect(stdout.match(/^ {4}→ /gm)).toHaveLength(3);
  for (const [, quote] of stdout.matchAll(/^ {4}“(.*)”$/gm)) expect(ENGLISH).toContain(quote);
});

test('--json prints the job for other programs, and nothing else', async () => {
  const { code, stdout, stderr } = await flashcards(['make', '-', '--json', '--cards', '3'], CHINESE);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as Job).result?.deck.cards).toHaveLength(3);
  expect(stderr).not.toContain('cards,');
});

test('a file that is there is not written over, and no job is made for it', async () => {
  writeFileSync(at('mine.json'), 'mine');
  const before = (await pair.ledger()).totals.calls;
  const { code, stderr } = await flashcards(['make', '笔记.md', '-o', 'mine.json']);
  expect([code, readFileSync(at('mine.json'), 'utf8')]).toEqual([2, 'mine']);
  expect(stderr).toContain('--force');
  expect((await pair.ledger()).totals.calls).toBe(before);
  expect((await flashcards(['make', '笔记.md', '-o', 'mine.json', '--force'])).code).toBe(0);
});

test.each([
  [['make', 'none.md'], 'No such file: none.md'],
  [['make', '.'], '. is a folder, not a file'],
  [['make', '笔记.md', '-o', 'deck.docx'], 'does not say which format to write'],
  [['make', '笔记.md', '-o', 'no/such/folder/deck.csv'], 'cannot be written to'],
  [['make', '笔记.md', '--format', 'pdf'], '--format must be one of'],
  [['make', '笔记.md', '--cards', 'ten'], '--cards must be a whole number'],
  [['make', '笔记.md', '--card', '5'], '--card'],
  [['make', 'a.md', 'b.md'], 'takes one text; "b.md" is one too many'],
  [['cancel'], 'The id of a job is missing'],
  [['cancel', 'a', 'b'], 'takes one job; "b" is one too many'],
  [['jobs', 'all'], 'flashcards jobs takes only options'],
  [['jobs', '--status', 'done'], '--status must be one of queued, running, completed, failed, canceled'],
  [['destroy'], 'no command "destroy"'],
  [['jobs', '--url', 'localhost:8000'], 'not an http or https URL'],
])('a wrong call (%j) says what is wrong and exits with 2', async (words, message) => {
  const { code, stderr } = await flashcards(words);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test.each([
  ['no text at all', [0xff, 0x00, 0x41], 'Standard input is not UTF-8 text.'],
  [
    '光合作用 in an older encoding',
    [0xb9, 0xe2, 0xba, 0xcf, 0xd7, 0xf7, 0xd3, 0xc3],
    'Standard input is not UTF-8 (it looks like GB18030). Convert it: iconv -f GB18030 -t UTF-8',
  ],
  ['été in Latin-1', [0xe9, 0x74, 0xe9, 0x20], 'Standard input is not UTF-8 text.'],
  [
    'UTF-16',
    [0xff, 0xfe, 0x00, 0x41],
    'Standard input is not UTF-8 (it looks like UTF-16). Convert it: iconv -f UTF-16 -t UTF-8',
  ],
])('%s is not sent, and the command says how to convert what it recognizes', async (_name, bytes, message) => {
  const { code, stderr } = await flashcards(['make'], Buffer.from(bytes));
  expect([code, stderr.split('\n')[0]]).toEqual([2, message]);
});

test('a deck that cannot be written is not lost: the command names its job and exits with 6', async () => {
  const full = openSync('/dev/full', 'w');
  const env = { PATH: process.env['PATH'], FLASHCARDS_URL: pair.url };
  const child = spawn(process.execPath, [COMMAND, 'make', '笔记.md', '--format', 'csv'], {
    env,
    cwd: folder,
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  const { code, stderr } = await end(child);
  expect(stderr).toContain('Standard output cannot be written (ENOSPC).');
  const [, id = ''] = /flashcards cards (\S+) -o FILE/.exec(stderr) ?? [];
  expect(code).toBe(6);
  expect((await flashcards(['cards', id, '-o', 'kept.csv'])).code).toBe(0);
});

test('the help lists every format, type and status of the API', async () => {
  const { code, stdout } = await flashcards(['help']);
  expect(code).toBe(0);
  for (const word of [...Object.keys(FORMATS), ...CARD_TYPES, ...STATUSES]) expect(stdout).toContain(word);
});

test('a refusal of the API is shown field by field and exits with 3', async () => {
  const { code, stderr } = await flashcards(['make', '笔记.md', '--cards', '900', '--types', 'sonnet']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/\(invalid_request, 422\)\n\s+\/options\/cards .*\n\s+\/options\/types\/0 /);
  expect((await flashcards(['follow', 'aaaaaaaa'])).stderr).toContain('(not_found, 404)');
});

test('an API that is not there exits with 4', async () => {
  const { code, stderr } = await flashcards(['jobs', '--url', 'http://127.0.0.1:2']);
  expect(code).toBe(4);
  expect(stderr).toContain('Nothing answers at http://127.0.0.1:2.');
});

test('a job that fails exits with 1 and says why', async () => {
  const { code, stderr } = await flashcards(['make'], '好。');
  expect(code).toBe(1);
  expect(stderr).toMatch(/The job failed \(no_cards\): /);
});

test('a job that failed is run again, as a new one, and its deck is written', async () => {
  await pair.script('400');
  const failed = await flashcards(['make', '--json'], `${ENGLISH} Again.`);
  const { id, status } = JSON.parse(failed.stdout) as Job;
  expect([failed.code, status]).toEqual([1, 'failed']);
  const { code, stdout, stderr } = await flashcards(['retry', id, '--json', '-o', 'again.json']);
  expect(stderr).toContain('again.json');
  const again = JSON.parse(stdout) as Job;
  expect([code, again.status, again.retry_of]).toEqual([0, 'completed', id]);
  expect((await flashcards(['retry', again.id])).stderr).toContain('(conflict, 409)');
});

test('usage says what was used by day, and what is left', async () => {
  await flashcards(['make'], `${ENGLISH} Usage.`);
  const { code, stdout } = await flashcards(['usage', '--days', '1']);
  expect(stdout).toMatch(
    /^\d{4}-\d\d-\d\d {2}\d+ jobs?(, \d+ of them from the cache)?, \d+ cards?, [\d,]+ tokens, \$\d+\.\d{4}\nNo limits\.\n$/,
  );
  expect(code).toBe(0);
  const report = JSON.parse((await flashcards(['usage', '--json'])).stdout) as UsageReport;
  expect(report.days[0]?.jobs).toBeGreaterThanOrEqual(1);
});

describe('with a slow model', () => {
  const slowly = (ms: number) =>
    fetch(`${pair.standin.controlUrl}/config`, {
      method: 'PUT',
      body: JSON.stringify({ latency_ms: ms }),
      headers: { 'Content-Type': 'application/json' },
    });
  beforeAll(() => slowly(3_000));
  afterAll(() => slowly(0));

  test('a job can be left alone, listed, followed and canceled', async () => {
    const { stdout } = await flashcards(['make', '--detach'], `${ENGLISH} Alone.`);
    const id = stdout.trim();
    const listed = await flashcards(['jobs', '--limit', '1']);
    expect(listed.stdout).toMatch(new RegExp(`^${id}  (queued|running) `));
    const following = end(begin(['follow', id]));
    expect((await flashcards(['cancel', id])).stderr).toBe('Canceled.\n');
    const { code, stderr } = await following;
    expect(code).toBe(1);
    expect(stderr).toContain('The job was canceled.');
    expect((await flashcards(['erase', id])).code).toBe(0);
    expect((await flashcards(['follow', id])).code).toBe(3);
  });

  test('--timeout leaves with 5, says how to come back, and the job goes on', async () => {
    const { code, stderr } = await flashcards(['make', '--timeout', '1'], `${ENGLISH} Timeout.`);
    expect(code).toBe(5);
    const [, id = ''] = /flashcards follow (\S+)/.exec(stderr) ?? [];
    expect((await flashcards(['follow', id, '-o', 'late.json'])).code).toBe(0);
    expect(existsSync(at('late.json'))).toBe(true);
  });

  test('Ctrl-C leaves with 130 and says that the job goes on', async () => {
    const child = begin(['make']);
    child.stdin?.end(`${ENGLISH} Interrupt.`);
    let stderr = '';
    child.stderr?.on('data', (data) => (stderr += String(data)));
    await eventually(() => expect(stderr).toContain('Waiting for a worker'));
    child.kill('SIGINT');
    expect((await end(child)).code).toBe(130);
    expect(stderr).toMatch(/Job \S+ goes on\. To see it: flashcards follow \S+\. To end it: flashcards cancel \S+/);
  });

  test('in a terminal a bar counts the cards', async () => {
    const line = `${process.execPath} ${COMMAND} make ${at('笔记.md')} --cards 4 --fresh --url ${pair.url}`;
    const shown = await new Promise<string>((resolve, reject) =>
      execFile('script', ['-qec', line, '/dev/null'], (error, stdout) =>
        error ? reject(new Error(stdout)) : resolve(stdout),
      ),
    );
    expect(shown).toMatch(/[█░]{10,} \d of 4 cards/);
  });
});
