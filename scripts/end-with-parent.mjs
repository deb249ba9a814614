// Ends this process as SIGTERM would, once the one that started it is gone: nobody is left to stop it.
// Loaded by run.mjs where npm is the parent, and by jest's processes, whose parent is run.mjs or jest.
import { readFileSync } from 'node:fs';

const CHECK_MS = 500;

const parent = process.ppid;
const cameTooLate = parent === 1 && !isNpm(1);
const timer = setInterval(() => {
  if (process.ppid === parent && !cameTooLate) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, CHECK_MS);
timer.unref();

/**
 * Process 1 takes over orphans; in a container it may be npm itself. One that nobody may look at counts as npm.
 * @param {number} pid
 */
function isNpm(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('npm');
  } catch {
    return true;
  }
}
