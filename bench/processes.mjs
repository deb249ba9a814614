// Starts and weighs the processes of a round.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

const TICKS_PER_SECOND = 100;

/** A Node process that says `{ ready: true }` over IPC. Its log goes to /dev/null, as a file: writing it is paid for. */
export async function start(script, env, nodeArguments = []) {
  const out = openSync('/dev/null', 'w');
  const child = spawn(process.execPath, [...nodeArguments, script], {
    stdio: ['ignore', out, 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
  });
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => fail(script, code)),
  ]);
  return { ...message, pid: child.pid, child };
}

function fail(script, code) {
  throw new Error(`${script} ended with ${code}`);
}

export async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** CPU seconds, user and system, of a process so far. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const rssMiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;
