// Starts and weighs the processes of a round.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { startRedis } from '../scripts/local/redis.mjs';

const TICKS_PER_SECOND = 100;

/**
 * @typedef {object} Process
 * @property {import('node:child_process').ChildProcess} child
 * @property {number} pid
 * @property {string} url where it answers, if it does
 * @property {string} opsUrl
 */

/**
 * A Node process that says `{ ready: true }` over IPC. Its log goes to /dev/null, as a file: writing it is paid for.
 * @param {string} script
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} nodeArguments
 * @returns {Promise<Process>}
 */
export async function start(script, env, nodeArguments = []) {
  const out = openSync('/dev/null', 'w');
  const child = spawn(process.execPath, [...nodeArguments, script], {
    stdio: ['ignore', out, 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
  });
  const ready = once(child, 'message').then(([message]) => /** @type {Partial<Process>} */ (message));
  const exited = once(child, 'exit').then(([code]) => fail(`${script} ended with ${code}`));
  const { url = '', opsUrl = '' } = await Promise.race([ready, exited]);
  return { url, opsUrl, pid: child.pid ?? 0, child };
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  throw new Error(message);
}

/** @param {Process} process */
export async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/**
 * CPU seconds, user and system, of a process so far.
 * @param {number} pid
 */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** @param {number} pid */
export const rssMiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** A Redis of this round's own, which can be weighed too. */
export async function ownRedis() {
  const { pid, ...redis } = await startRedis({ appendfsync: 'everysec' });
  if (!pid) throw new Error('A measurement needs a Redis of its own: unset REDIS_URL.');
  return { ...redis, pid };
}
