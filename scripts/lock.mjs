// A lock is a file with the id of the process that holds it; one whose process is gone is taken over.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Takes the lock; returns how to give it back, or the id of the process that holds it. */
export function take(file) {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = holderOf(file);
      if (holder) return holder;
      rmSync(file, { force: true });
    }
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

function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid === process.pid) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? -1 : undefined;
  }
}
