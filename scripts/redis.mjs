// Finds or starts a Redis: REDIS_URL; a server on the PATH; the distribution's packages, unpacked without root.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const NONE = `No Redis was found. Do one of these:
  - install one:          apt-get install redis-server   (or: brew install redis)
  - run one in Docker:    docker run -d -p 6379:6379 redis:7   and set REDIS_URL=redis://127.0.0.1:6379
  - use one that is there: set REDIS_URL`;
const START_LIMIT_MILLISECONDS = 10_000;

/**
 * @param dir where the data live and are kept; a folder of its own that is removed at the stop without one
 * @returns { url, pid, server, stop(), exited } ; `pid` and `server` are undefined for a Redis that was there already
 */
export async function startRedis({ dir, appendfsync = 'everysec' } = {}) {
  if (process.env.REDIS_URL) {
    const { hostname, port } = new URL(process.env.REDIS_URL);
    await until(
      () => reach(hostname, Number(port || 6379)),
      3_000,
      `Nothing answers at REDIS_URL (${hostname}:${port || 6379}).`,
    );
    return { url: process.env.REDIS_URL, stop: async () => undefined, exited: new Promise(() => undefined) };
  }
  const server = findServer();
  if (!server) throw new Error(NONE);
  const data = dir ?? mkdtempSync(join(tmpdir(), 'flashcards-redis-'));
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const options = {
    port,
    bind: '127.0.0.1',
    dir: resolve(data),
    save: '',
    appendonly: 'yes',
    appendfsync,
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // Its own group, so that Ctrl-C does not stop it before those who use it; and it ends with us, however we end.
  const tied = onPath('setpriv') ? ['setpriv', '--pdeathsig', 'TERM', server.path] : [server.path];
  const child = spawn(tied[0], [...tied.slice(1), ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...server.env },
  });
  const exited = new Promise((done) => child.once('exit', done));
  let gone = false;
  void exited.then(() => (gone = true));
  await until(
    () => !gone && ping(port),
    START_LIMIT_MILLISECONDS,
    `${server.path} did not start.`,
    () => gone,
  );
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid,
    server,
    exited,
    async stop() {
      if (!gone) child.kill('SIGTERM');
      await exited;
      if (!dir) rmSync(data, { recursive: true, force: true });
    },
  };
}

/** { path, env } of a server that can be started here, or undefined. */
export function findServer() {
  const found = process.env.FLASHCARDS_UNPACK_REDIS ? undefined : (onPath('redis-server') ?? onPath('valkey-server'));
  return found ? { path: found, env: {} } : unpacked();
}

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** The distribution's packages, downloaded and unpacked below .cache/: no root, no service, nothing outside. */
function unpacked() {
  const folder = resolve('.cache/redis');
  const server = join(folder, 'usr/bin/redis-server');
  if (!existsSync(server)) {
    if (!onPath('apt-get') || !onPath('dpkg-deb')) return undefined;
    console.error('Fetching Redis from the distribution (only once) ...');
    mkdirSync(folder, { recursive: true });
    if (!download(folder, []) && !downloadWithOwnLists(folder)) return undefined;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      spawnSync('dpkg-deb', ['-x', join(folder, file), folder]);
      rmSync(join(folder, file));
    }
    // Debian's server is one binary with redis-check-rdb, and looks at the name it is called by.
    if (!existsSync(server) && existsSync(join(folder, 'usr/bin/redis-check-rdb')))
      symlinkSync('redis-check-rdb', server);
  }
  const libraries = readdirSync(folder, { recursive: true }).find((name) => /libjemalloc\.so/.test(name));
  const env = libraries ? { LD_LIBRARY_PATH: dirname(join(folder, libraries)) } : {};
  const works = spawnSync(server, ['--version'], { env: { ...process.env, ...env } }).status === 0;
  if (!works) rmSync(folder, { recursive: true, force: true });
  return works ? { path: server, env } : undefined;
}

const download = (cwd, settings) =>
  spawnSync('apt-get', [...settings, 'download', '-q', 'redis-tools', 'libjemalloc2', 'liblzf1'], {
    cwd,
    stdio: 'ignore',
  }).status === 0;

/** A new machine may have no package lists, and writing the system's needs root: ours live below .cache/. */
function downloadWithOwnLists(cwd) {
  const own = resolve('.cache/apt');
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(own, name), { recursive: true });
  const settings = [
    '-o',
    `Dir::State::lists=${own}/lists`,
    '-o',
    `Dir::Cache=${own}/cache`,
    '-o',
    'APT::Sandbox::User=root',
  ];
  return (
    spawnSync('apt-get', [...settings, 'update', '-q'], { stdio: 'ignore' }).status === 0 && download(cwd, settings)
  );
}

export const freePort = () =>
  new Promise((done, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const answers = (port, host, question, right) =>
  new Promise((done) => {
    const socket = connect(port, host, () => (question ? socket.write(question) : finish(true)));
    const finish = (well) => (socket.destroy(), done(well));
    socket.setTimeout(500, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('data', (data) => finish(right.test(String(data))));
  });
const ping = (port) => answers(port, '127.0.0.1', 'PING\r\n', /^\+PONG/);
const reach = (host, port) => answers(port, host, '', /./);

async function until(holds, milliseconds, message, hopeless = () => false) {
  for (const end = Date.now() + milliseconds; ;) {
    if (await holds()) return;
    if (hopeless() || Date.now() > end) throw new Error(message);
    await new Promise((done) => setTimeout(done, 15));
  }
}
