import { execFile } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../harness/eventually';
import { openFiles } from '../harness/open-files';
import { Started, newDataFolder, removeData } from '../harness/stack/started';

jest.setTimeout(120_000);
const ROOT = join(__dirname, '../..');
const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'flashcards-private-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An ordinary shell's, which others may read after. */
const withUmask = (command: string, ...args: string[]) =>
  execute('sh', ['-c', 'umask 022; exec "$@"', 'sh', command, ...args], { cwd: ROOT });

test('what npm start writes is for its user alone: data, logs, secrets, the audit log; also what an earlier version left', async () => {
  const data = newDataFolder();
  const umask = process.umask(0o022); // npm start inherits it
  try {
    for (const name of ['logs', 'redis', 'redis/appendonlydir']) mkdirSync(join(data, name));
    for (const name of ['logs/worker-7.log', 'redis/dump.rdb.old'])
      writeFileSync(join(data, name), 'of an earlier start');
    chmodSync(join(data, 'redis'), 0o777);
    expect(openFiles(data)).toHaveLength(5);
    const started = await Started.start({ WORKERS: '1', AUTH: 'keys' }, data);
    const env = { ...process.env, DATA_DIR: data, REDIS_URL: '' };
    const { stdout } = await execute('npm', ['run', '--silent', 'keys', '--', 'create', '--tenant', 'me'], {
      cwd: ROOT,
      env,
    });
    const { key } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { key: string };
    await started.submit({ text: 'Chalk is a soft rock.' }, { Authorization: `Bearer ${key}` });
    await eventually(() => expect(readFileSync(join(data, 'logs/api.log'), 'utf8')).toContain('job.submitted'));
    expect(readdirSync(join(data, 'redis/appendonlydir')).length).toBeGreaterThanOrEqual(2);
    for (const name of ['lock', 'redis.url', 'audit.jsonl', 'secrets/key_pepper', 'redis/redis.pid'])
      expect(lstatSync(join(data, name)).isFile()).toBe(true);
    expect(openFiles(data)).toEqual([]);
    await started.end('SIGTERM');
    expect(openFiles(data)).toEqual([]);
  } finally {
    process.umask(umask);
    removeData(data);
  }
});

test('a data folder that npm start makes is for its user alone', async () => {
  const outer = newDataFolder();
  const data = join(outer, 'made');
  const umask = process.umask(0o022);
  try {
    const started = await Started.start({ WORKERS: '1' }, data);
    expect(openFiles(outer)).toEqual([]);
    await started.end('SIGTERM');
  } finally {
    process.umask(umask);
    removeData(data);
    removeData(outer);
  }
});

test('a certificate is in a folder that others cannot enter, and where they can, that is said', async () => {
  const [made, shared] = [join(folder, 'made'), join(folder, 'shared')];
  mkdirSync(shared);
  chmodSync(shared, 0o755);
  const script = join(ROOT, 'deploy/scripts/certificates');
  const said = async (place: string) => {
    const env = { ...process.env, TEXTFILE_DIR: join(folder, 'textfile') };
    const how = ['umask 022; exec "$@"', 'sh', script, 'self-signed', '--directory', join(place, 'tls')];
    return (await execute('sh', ['-c', ...how], { env })).stderr;
  };
  expect(await said(made)).toBe('');
  expect(lstatSync(made).mode & 0o777).toBe(0o700);
  expect(await said(shared)).toContain(`chmod 700 ${shared}`);
});

test('the secrets of a deployment, and the report of its audit, are for their operator alone', async () => {
  const [secrets, report] = [join(folder, 'secrets'), join(folder, 'report')];
  await withUmask(join(ROOT, 'deploy/scripts/secrets'), '--directory', secrets);
  expect(lstatSync(secrets).mode & 0o777).toBe(0o700);
  mkdirSync(report);
  writeFileSync(join(report, 'security-audit.md'), 'of an earlier version');
  expect(openFiles(report)).toHaveLength(1);
  // None of the programs that it asks: what counts here is how it writes.
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const name of [
    'bash',
    'dirname',
    'mkdir',
    'mktemp',
    'rm',
    'tr',
    'date',
    'sed',
    'awk',
    'wc',
    'find',
    'stat',
    'cat',
  ])
    symlinkSync(`/usr/bin/${name}`, join(bin, name));
  const script = join(ROOT, 'deploy/scripts/security-audit');
  await withUmask('env', `PATH=${bin}`, 'bash', script, '--to', report, '--secrets', secrets);
  expect(readdirSync(report).sort()).toEqual(['security-audit.json', 'security-audit.md']);
  expect(openFiles(report)).toEqual([]);
});
