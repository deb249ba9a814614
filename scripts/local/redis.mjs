// Finds or starts a Redis: REDIS_URL; a server on the PATH; the distribution's packages, unpacked without root.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.mjs';
import { redisInfo } from './redis-info.mjs';
import { onPath, tied } from '../tied.cjs';
import { unpackedRedis } from './unpack-redis.mjs';

const NONE = `No Redis was found. Do one of these:
  - install one:          apt-get install redis-server   (or: brew install redis)
  - run one in Docker:    docker run -d -p 6379:6379 redis:7   and set REDIS_URL=redis://127.0.0.1:6379
  - use one that is there: set REDIS_URL
It must be Redis 6.2 or newer, or Valkey.`;
const TRIES = 3; // between finding a free port and using it, another process may take it
const LOAD_LIMIT_MS = 120_000; // reading the data of a long run takes its time
const STOP_LIMIT_MS = 15_000;
const KEPT_CHARACTERS = 4_000;

/**
 * @typedef {object} Server one that can be started here
 * @property {string} path
 * @property {Record<string, string>} env
 *
 * @typedef {object} RedisHere
 * @property {string} url
 * @property {number} [pid] of one that was started here, as is `server`
 * @property {Server} [server]
 * @property {() => string[]} last its last lines
 * @property {() => Promise<void>} stop
 * @property {Promise<unknown>} exited
 */

/**
 * @param {object} [options]
 * @param {string} [options.dir] where the data live and are kept; without it a folder that is removed at the stop
 * @param {'everysec' | 'always' | 'no'} [options.appendfsync]
 * @returns {Promise<RedisHere>}
 */
export async function startRedis({ dir, appendfsync = 'everysec' } = {}) {
  if (process.env.REDIS_URL) return given(process.env.REDIS_URL);
  const server = findServer();
  if (!server) throw new Error(NONE);
  const data = resolve(dir ?? mkdtempSync(join(tmpdir(), 'flashcards-redis-')));
  mkdirSync(data, { recursive: true });
  await endPrevious(data);
  const forget = () => {
    if (dir === undefined) rmSync(data, { recursive: true, force: true });
  };
  /** @type {string[]} */
  let lastLines = [];
  for (let left = TRIES; left > 0; left -= 1) {
    const { isUp, last, ...started } = await tryStart(server, data, appendfsync);
    if (isUp) return { ...started, last, server, stop: () => started.stop().then(forget) };
    lastLines = last();
  }
  forget();
  throw new Error(`${server.path} did not start with its data in ${data}. It said:\n${lastLines.join('\n')}`);
}

/**
 * The Redis that REDIS_URL names is used as it is, if it can be used.
 * @param {string} url
 * @returns {Promise<RedisHere>}
 */
async function given(url) {
  const { protocol, host } = URL.canParse(url) ? new URL(url) : { protocol: '', host: '' };
  if (!/^rediss?:$/.test(protocol)) throw new Error('REDIS_URL is no URL like redis://[user:password@]host:port.');
  const { version } = await redisInfo(url).catch((error) => {
    throw new Error(`The Redis at REDIS_URL (${host}) cannot be used: ${messageOf(error).replace(/\.$/, '')}.`);
  });
  if (!isRecent(version)) throw new Error(`The Redis at REDIS_URL (${host}) is ${version}; 6.2 or newer is needed.`);
  return { url, last: () => [], stop: () => Promise.resolve(), exited: new Promise(() => undefined) };
}

/**
 * A server that can be started here, or undefined.
 * @returns {Server | undefined}
 */
export function findServer() {
  const found = process.env.FLASHCARDS_UNPACK_REDIS ? [] : ['redis-server', 'valkey-server'].map(onPath);
  const path = found.find((file) => file !== undefined && isRecent(versionOf(file)));
  return path ? { path, env: {} } : unpackedRedis();
}

/** @param {string} path */
const versionOf = (path) => /\bv=([\d.]+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '';

/** @param {string} version */
function isRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}

/**
 * @param {Server} server
 * @param {string} data
 * @param {string} appendfsync
 */
async function tryStart(server, data, appendfsync) {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const options = {
    port,
    bind: '127.0.0.1',
    dir: data,
    pidfile: pidFile(data),
    save: '',
    appendonly: 'yes',
    appendfsync,
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // Its own group, so that Ctrl-C does not stop it before those who use it; and it ends with us, however we end.
  const child = spawn(...tied(server.path, args), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'C', ...server.env }, // nothing of ours: the model's key is the workers' alone
  });
  const last = lastLines(child);
  const exited = new Promise((done) => child.once('close', done).once('error', done));
  const stop = () => ended(child, exited);
  const isUp = await answers(url, child);
  if (!isUp) await stop();
  return { isUp, url, ...(child.pid ? { pid: child.pid } : {}), last, exited, stop };
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child */
function lastLines(child) {
  let kept = '';
  for (const stream of [child.stdout, child.stderr])
    stream
      .setEncoding('utf8')
      .on('data', (/** @type {string} */ data) => (kept = (kept + data).slice(-KEPT_CHARACTERS)));
  return () => kept.trim().split('\n').slice(-10);
}

/** @param {import('node:child_process').ChildProcess} child */
const isGone = (child) => !child.pid || child.exitCode !== null || child.signalCode !== null;

/**
 * True once this very server answers, not another that took the port; false when it ended or takes too long.
 * @param {string} url
 * @param {import('node:child_process').ChildProcess} child
 */
async function answers(url, child) {
  for (const end = Date.now() + LOAD_LIMIT_MS; !isGone(child) && Date.now() < end; await sleep(15)) {
    const info = await redisInfo(url, 1_000).catch(() => undefined);
    if (info?.pid === child.pid) return true;
  }
  return false;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<unknown>} exited
 */
async function ended(child, exited) {
  if (!isGone(child)) child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

/** @param {string} data */
const pidFile = (data) => join(data, 'redis.pid');

/**
 * Two servers must not write the same files: one that a killed launcher left behind ends first.
 * @param {string} data
 */
async function endPrevious(data) {
  const pid = existsSync(pidFile(data)) ? Number(readFileSync(pidFile(data), 'utf8')) : 0;
  if (!pid || folderOf(pid) !== data) return;
  process.kill(pid, 'SIGTERM');
  for (const end = Date.now() + STOP_LIMIT_MS; folderOf(pid) === data; await sleep(20))
    if (Date.now() > end) throw new Error(`An earlier Redis (process ${pid}) still uses ${data}: end it first.`);
}

/**
 * Where a process works: a server works in its data. Undefined when it is gone, or not ours to ask.
 * @param {number} pid
 */
function folderOf(pid) {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`);
    const { stdout } = spawnSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], { encoding: 'utf8' });
    return /^n(.*)$/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((done, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
