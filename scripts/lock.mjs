// Own code: it runs before anything is installed.
// A lock is a file with the id of the process that holds it; one whose process is gone is taken over.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from './errors.mjs';

/**
 * Takes the lock: `release` gives it back. Where another process holds it, says which.
 * @param {string} file
 * @returns {{ holder?: number, release: () => void }}
 */
export function take(file) {
  const own = `${process.pid} started=${startOf(process.pid)}`;
  const aside = `${file}.${process.pid}`;
  // Written aside and linked into place: nobody ever sees a lock without its holder.
  writeFileSync(aside, own);
  try {
    for (;;) {
      if (linked(aside, file)) return { release: () => contentOf(file) === own && rmSync(file, { force: true }) };
      const content = contentOf(file);
      const holder = holderOf(content);
      if (holder) return { holder, release: () => undefined };
      discard(file, content);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Runs `work` while holding the lock. Waits first while another process has it.
 * @param {string} file
 * @param {() => void} work
 */
export function withLock(file, work) {
  let lock = take(file);
  if (lock.holder) console.error(`Waiting for process ${lock.holder}, which does the same ...`);
  while (lock.holder) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    lock = take(file);
  }
  try {
    work();
  } finally {
    lock.release();
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Removes a dead process's lock, and puts it back if another process has taken it over just now.
 * @param {string} file
 * @param {string} stale
 */
function discard(file, stale) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // gone already
  }
  if (contentOf(aside) !== stale) linked(aside, file);
  rmSync(aside, { force: true });
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The process that a lock names, if it is still that process: numbers are used again, after a restart at once.
 * @param {string} content
 */
function holderOf(content) {
  const [, pid, start] = /^(\d+)(?: started=(\d*))?/.exec(content) ?? [];
  if (!(Number(pid) > 0)) return undefined;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return undefined;
  }
  return !start || start === startOf(Number(pid)) ? Number(pid) : undefined;
}

/**
 * When a process began, in the kernel's count; empty where that cannot be read.
 * @param {number} pid
 */
function startOf(pid) {
  return (
    contentOf(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[19] ?? ''
  );
}
