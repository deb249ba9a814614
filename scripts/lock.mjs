// A lock is a file with the id of the process that holds it; one whose process is gone is taken over.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Takes the lock; returns how to give it back, or the id of the process that holds it. */
export function take(file) {
  const own = `${process.pid} started=${startOf(process.pid)}`;
  const aside = `${file}.${process.pid}`;
  // Written aside and linked into place: nobody ever sees a lock without its holder.
  writeFileSync(aside, own);
  try {
    for (;;) {
      if (linked(aside, file)) return () => contentOf(file) === own && rmSync(file, { force: true });
      const content = contentOf(file);
      const holder = holderOf(content);
      if (holder) return holder;
      discard(file, content);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Runs `work` while holding the lock, after waiting for whoever has it. */
export function withLock(file, work) {
  let release = take(file);
  if (typeof release !== 'function') console.error(`Waiting for process ${release}, which does the same ...`);
  while (typeof release !== 'function') {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    release = take(file);
  }
  try {
    return work();
  } finally {
    release();
  }
}

function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes a dead process's lock, and puts it back if another process has taken it over just now. */
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

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The process that a lock names, if it is still that process: numbers are used again, after a restart at once. */
function holderOf(content) {
  const [, pid, start] = /^(\d+)(?: started=(\d*))?/.exec(content) ?? [];
  if (!(Number(pid) > 0)) return undefined;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code !== 'EPERM') return undefined;
  }
  return !start || start === startOf(pid) ? Number(pid) : undefined;
}

/** When a process began, in the kernel's count; empty where that cannot be read. */
function startOf(pid) {
  return (
    contentOf(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[19] ?? ''
  );
}
