// The engine's commands, and those of a swarm whose nodes can be cut off.
import { spawn } from 'node:child_process';
import { NotRun } from './checks.mjs';

/**
 * @typedef {object} Options
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [input]
 * @property {boolean | undefined} [allowed] it may fail
 * @property {number} [ms]
 *
 * @typedef {{ code: number | null, out: string, errors: string }} Said
 */

/**
 * Output of a command; throws with its error output when it fails, unless `allowed`.
 * @param {string} command
 * @param {string[]} args
 * @param {Options} options
 * @returns {Promise<Said>}
 */
export function run(command, args, { env = {}, input, allowed = false, ms = 600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    let [out, errors] = ['', ''];
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => (errors += String(data)));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0 || allowed) return resolve({ code, out, errors });
      reject(
        new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${code}: ${(errors || out).slice(-1_500)}`),
      );
    });
  });
}

/** @type {(...args: string[]) => Promise<string>} */
export const docker = async (...args) => (await run('docker', args)).out.trim();
/** @param {string} text */
export const lines = (text) => text.split('\n').filter(Boolean);

/**
 * Containers of a service: of Compose, or a Swarm's tasks on this node.
 * @param {string[]} filters
 */
export const containersOf = async (...filters) =>
  lines(await docker('ps', '--quiet', ...filters.flatMap((filter) => ['--filter', filter])));

/**
 * A swarm of several nodes on one machine is the tester's to make. SWARM_TOOL names a command with `swarm N`,
 * `copy IMAGE`, `cut NODE`, `mend NODE` and `on NODE DOCKER-ARGUMENTS`.
 * @param {string[]} args
 */
export async function swarmTool(...args) {
  const tool = process.env.SWARM_TOOL;
  if (!tool) throw new NotRun('SWARM_TOOL names no command that makes a swarm of several nodes');
  return (await run(tool, args)).out.trim();
}

export async function hasEngine() {
  return (await run('docker', ['info'], { allowed: true }).catch(() => ({ code: 1 }))).code === 0;
}
