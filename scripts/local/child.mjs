// One process of ours, as the launcher sees it: its log, its readiness, its end.
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * How Node runs a process of ours, in images too. It has one busy thread: more than one helper for its garbage and its
 * compiler is no faster, and takes CPU from its neighbours.
 */
export const NODE_OPTIONS = ['--v8-pool-size=1'];
const MAX_LOG_BYTES = 10_000_000;
const KEPT_LINES = 40;

/**
 * What a process says once it is ready.
 * @typedef {{ ready: true, url?: string, opsUrl?: string }} Ready
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ended
 * @typedef {ReturnType<typeof startChild>} Child
 */

/**
 * @param {string} name
 * @param {string} script
 * @param {NodeJS.ProcessEnv} env
 * @param {object} how
 * @param {string} how.logs the folder of logs
 * @param {boolean} how.show also writes every line to the terminal
 * @param {boolean} how.again keeps what its log says of the process before
 */
export function startChild(name, script, env, { logs, show, again }) {
  const log = openLog(join(logs, `${name}.log`), again ? 'a' : 'w');
  // Its own group: Ctrl-C reaches the launcher only, which stops all in order. Each ends when the launcher is gone.
  const child = spawn(process.execPath, [...NODE_OPTIONS, script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env,
  });
  /** @type {string[]} */
  const last = [];
  const onLine = (/** @type {string} */ line) => {
    last.push(line);
    if (last.length > KEPT_LINES) last.shift();
    log.write(`${line}\n`);
    if (show) process.stdout.write(`${line}\n`);
    else if (/"level":"(warn|error)"/.test(line)) warn(`  ${name}: ${readable(line)}`);
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', onLine);
  // What it started must not keep its output open after it.
  child.once('exit', () => killGroup(child));
  /** @type {Promise<Ended>} */
  const exited = new Promise((done) => child.once('close', (code, signal) => (log.close(), done({ code, signal }))));
  /** @type {Promise<Ready>} */
  const ready = new Promise((done) => child.once('message', (/** @type {Ready} */ message) => done(message)));
  const stop = (/** @type {NodeJS.Signals} */ signal) =>
    void (signal === 'SIGKILL' ? killGroup(child) : child.kill(signal));
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  return { name, exited, ready, last, stop, isGone };
}

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // all gone
  }
}

/** Writes to the terminal, a few lines a second: a flood stays in the logs. */
const warn = (() => {
  const [max, span] = [10, 1_000];
  let [since, shown] = [0, 0];
  return (/** @type {string} */ text) => {
    if (Date.now() - since > span) [since, shown] = [Date.now(), 0];
    shown += 1;
    if (shown <= max) console.error(text);
    if (shown === max) console.error('  (more of these: see the logs)');
  };
})();

/** @param {string} line */
function readable(line) {
  try {
    const parsed = /** @type {Record<string, unknown>} */ (JSON.parse(line));
    const { time: _time, level, event, service: _service, ...fields } = parsed;
    return `${String(level)} ${String(event)} ${Object.entries(fields)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(' ')}`;
  } catch {
    return line;
  }
}

/**
 * A log that never grows past twice its limit: the file, and the one before it.
 * @param {string} file
 * @param {'a' | 'w'} flags
 */
function openLog(file, flags) {
  mkdirSync(dirname(file), { recursive: true });
  let open = openSync(file, flags);
  let size = fstatSync(open).size;
  return {
    write(/** @type {string} */ text) {
      if (size > MAX_LOG_BYTES) {
        closeSync(open);
        rmSync(`${file}.1`, { force: true });
        renameSync(file, `${file}.1`);
        open = openSync(file, 'w');
        size = 0;
      }
      size += writeSync(open, text);
    },
    close: () => closeSync(open),
  };
}
