// Runs a Node program as a part of a command: it gets the command's signals and ends with it, as do its forks.
import { spawn } from 'node:child_process';

const TIE = ['--import', new URL('../end-with-parent.mjs', import.meta.url).href];

/**
 * Resolves with the program's exit code; a run that takes longer than its limit is killed.
 * @param {string} node
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function runNode(node, args, { env = process.env, limitMinutes = Infinity } = {}) {
  const child = spawn(node, [...TIE, ...args], { stdio: 'inherit', env });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  const tooLong = () => {
    console.error(`The tests took longer than ${limitMinutes} minutes.`);
    child.kill('SIGKILL');
  };
  const limit = limitMinutes === Infinity ? undefined : setTimeout(tooLong, limitMinutes * 60_000);
  return new Promise((done) =>
    child.on('exit', (code) => {
      clearTimeout(limit);
      done(code ?? 1);
    }),
  );
}
