// An nginx for the security tests: on the PATH, or the distribution's package, unpacked below .cache/ without root.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The path of an nginx, or undefined where there is none to be had. */
export function findNginx() {
  const onPath = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'nginx'));
  const folder = resolve('.cache/nginx');
  const unpacked = join(folder, 'usr/sbin/nginx');
  const found = [...onPath, '/usr/sbin/nginx', unpacked].find((path) => existsSync(path));
  return found ?? (fetched(folder) ? unpacked : undefined);
}

/**
 * Made aside and moved into place, so that a half-made one is never used.
 * @param {string} folder
 */
function fetched(folder) {
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    if (!run('apt-get', ['-q', 'download', 'nginx'], aside)) return false;
    for (const file of readdirSync(aside).filter((name) => name.endsWith('.deb')))
      if (!run('dpkg-deb', ['-x', file, '.'], aside)) return false;
    if (!run(join(aside, 'usr/sbin/nginx'), ['-v'], aside)) return false;
    renameSync(aside, folder);
    return true;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
const run = (command, args, cwd) => spawnSync(command, args, { cwd, stdio: 'ignore' }).status === 0;
