import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Started, newDataFolder, removeData } from '../harness/stack/started';
import { ENGLISH } from '../harness/texts';

const ROOT = join(__dirname, '../..');
const data = newDataFolder();
const settings = { WORKERS: '1', DRAIN_SECONDS: '1' };
afterAll(() => removeData(data));

/** How a process of `npm start` says that it ended. */
const lastEvent = (name: string): unknown =>
  JSON.parse(
    readFileSync(join(data, 'logs', `${name}.log`), 'utf8')
      .trim()
      .split('\n')
      .at(-1) ?? '',
  );

let running: Job;
test('SIGTERM to npm start ends all in order: the API, the workers, the stand-in, Redis', async () => {
  const started = await Started.start({ ...settings, MODEL: 'standin/extractive-20000ms' }, data);
  running = await started.submit({ text: ENGLISH });
  await eventually(async () =>
    expect((await started.call('GET', `/v1/jobs/${running.id}`)).body).toMatchObject({ status: 'running' }),
  );
  await started.end('SIGTERM');
  expect(started.output).toMatch(
    /waiting for the API.*waiting for the workers.*waiting for the stand-in.*All stopped\./s,
  );
  for (const name of ['api', 'worker-1'])
    expect(lastEvent(name)).toMatchObject({ event: 'process.stopped', why: 'SIGTERM', exit_code: 0 });
}, 90_000);

test('the job that ran when npm start was stopped completes after the next start; SIGKILL to npm ends all as well', async () => {
  const started = await Started.start({ ...settings, MODEL: 'standin/extractive' }, data);
  expect(await started.ended(running.id)).toMatchObject({ status: 'completed', attempts: 1 });
  await started.end('SIGKILL');
  expect(started.output).toContain('All stopped.');
}, 90_000);

test('npm start makes cards of a text, and its API and worker run on the Node of the tests', async () => {
  const started = await Started.start({ ...settings, MODEL: 'standin/extractive' }, data);
  const { status, result } = await started.finished({ text: ENGLISH });
  expect(status).toBe('completed');
  expect(result?.deck.cards.length).toBeGreaterThan(0);
  const [, metrics = ''] = /^Metrics: +(.+)$/m.exec(started.output) ?? [];
  const pages = await Promise.all(metrics.split(/ +/).map(async (url) => (await fetch(url)).text()));
  const versions = pages.map((page) => /^flashcards_build_info\{.*node="([^"]+)"/m.exec(page)?.[1]);
  expect(versions).toEqual([process.version, process.version]);
  await started.end('SIGTERM');
}, 90_000);

test('SIGKILL to the launcher ends all that it started', async () => {
  const started = await Started.start(settings, data);
  await started.end('SIGKILL', 'launcher');
}, 90_000);

test('a launcher that a shell started goes on when the shell has ended, also below another npm script', async () => {
  const script = 'node scripts/run.mjs standin --port 0 & echo $!; read line';
  const shell = spawn('sh', ['-c', script], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.on('data', (data) => (output += String(data)));
  const [url] = await eventually(() => /http:\S+/.exec(output) ?? Promise.reject(new Error(`not ready: ${output}`)));
  shell.stdin.end('\n');
  await once(shell, 'exit');
  try {
    // An answer that takes longer than a launcher would need to notice.
    const body = JSON.stringify({ model: 'standin/canned-1500ms', messages: [{ role: 'user', content: ENGLISH }] });
    const headers = { Authorization: 'Bearer sk-or-v1-sim-test', 'Content-Type': 'application/json' };
    const answer = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ object: 'chat.completion' })]);
  } finally {
    process.kill(Number.parseInt(output, 10), 'SIGTERM');
  }
  await once(shell, 'close');
});

test.each(['api', 'worker'])(
  'the %s whose launcher is gone before it has found Redis ends too',
  async (name) => {
    const redis = { REDIS_URL: 'redis://127.0.0.1:1' };
    const env = { ...redis, AUTH: 'open', OPENROUTER_API_KEY: 'sk-or-v1-sim-test', OPS_PORT: '0', PORT: '0' };
    const child = spawn(process.execPath, [join(ROOT, 'services', name, 'dist/main.js')], {
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.disconnect();
    try {
      await eventually(() => expect(child).toMatchObject({ exitCode: 0 }));
    } finally {
      child.kill('SIGKILL');
    }
  },
  60_000,
);
