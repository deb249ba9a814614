// A Redis from the distribution's packages (Debian, Ubuntu), downloaded and unpacked: no root, no service, nothing outside.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const MAX_ROUNDS = 5;
const QUICK = ['-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::https::Timeout=20'];

/** The server below .cache/, fetched if it is not there yet; undefined where that cannot be done. */
export function unpackedRedis() {
  const folder = resolve('.cache/redis');
  return usable(folder) ?? (fetched(folder) ? usable(folder) : undefined);
}

/** @param {string} folder */
function usable(folder) {
  const path = find(folder, /^redis-server$/)[0];
  if (!path) return undefined;
  const env = librariesOf(folder);
  return run(path, ['--version'], { env }).well ? { path, env } : undefined;
}

/**
 * Made aside and moved into place, so that a half-made one is never used.
 * @param {string} folder
 */
function fetched(folder) {
  if (!run('apt-get', ['--version']).well || !run('dpkg-deb', ['--version']).well) return false;
  console.error('Fetching Redis from the distribution (only once) ...');
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    if (!fill(aside)) return false;
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
    return true;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * The server, then what its loader misses, until nothing is missing.
 * @param {string} folder
 */
function fill(folder) {
  if (!add(folder, ['redis-tools'])) return false;
  const [checker] = find(folder, /^redis-check-rdb$/);
  // Debian's server is one binary with redis-check-rdb, and looks at the name it is called by.
  if (find(folder, /^redis-server$/).length === 0) {
    if (!checker) return false;
    symlinkSync('redis-check-rdb', join(dirname(checker), 'redis-server'));
  }
  const [server] = find(folder, /^redis-server$/);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const packages = missingLibraries(server ?? '', folder).map(packageOf);
    if (packages.length === 0) return true;
    const renamed = packages.map((name) => `${name}t64`);
    if (!add(folder, packages) && !add(folder, renamed)) return false;
  }
  return false;
}

/**
 * @param {string} server
 * @param {string} folder
 */
const missingLibraries = (server, folder) =>
  [...run('ldd', [server], { env: librariesOf(folder) }).output.matchAll(/^\s*(\S+) => not found/gm)].map(
    ([, name = '']) => name,
  );

/**
 * Debian's rule: `libfoo.so.2` is in libfoo2, `libfoo5.1.so.0` in libfoo5.1-0.
 * @param {string} library
 */
const packageOf = (library) =>
  library
    .toLowerCase()
    .replace(/_/g, '-')
    .replace(/(\d?)\.so(?:\.(.+))?$/, (_all, /** @type {string} */ digit, /** @type {string} */ version = '') =>
      digit ? `${digit}-${version}` : version,
    );

/**
 * @param {string} folder
 * @param {string[]} packages
 */
function add(folder, packages) {
  const download = (/** @type {string[]} */ settings) =>
    run('apt-get', [...settings, ...QUICK, 'download', ...packages], { cwd: folder }).well;
  if (!download(knownLists()) && !download(ownLists())) return false;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.deb'))
    .every((file) => {
      const { well } = run('dpkg-deb', ['-x', file, '.'], { cwd: folder });
      rmSync(join(folder, file));
      return well;
    });
}

const OWN = resolve('.cache/apt');
const knownLists = () => (existsSync(OWN) ? settingsOf(OWN) : []);

/** A new machine may have no package lists, and writing the system's needs root: ours live below .cache/. */
function ownLists() {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(OWN, name), { recursive: true });
  // Its exit code says little: a hook of the system may fail for a user although the lists are complete.
  run('apt-get', [...settingsOf(OWN), ...QUICK, 'update']);
  return settingsOf(OWN);
}

/** @param {string} own */
const settingsOf = (own) =>
  [`Dir::State::lists=${own}/lists`, `Dir::Cache=${own}/cache`, 'APT::Sandbox::User=root'].flatMap((one) => [
    '-o',
    one,
  ]);

/**
 * Every folder that holds a shared library.
 * @param {string} folder
 * @returns {Record<string, string>}
 */
function librariesOf(folder) {
  const folders = new Set(find(folder, /\.so(\.|$)/).map(dirname));
  return folders.size > 0 ? { LD_LIBRARY_PATH: [...folders].join(':') } : {};
}

/**
 * @param {string} folder
 * @param {RegExp} name
 */
function find(folder, name) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && name.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
function run(command, args, { cwd, env } = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C', ...env },
    encoding: 'utf8',
    timeout: 180_000,
  });
  return { well: status === 0, output: `${stdout}${stderr}` };
}
