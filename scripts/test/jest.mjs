// Runs jest as a part of a command: it gets the command's signals, and ends with it, as do jest's own processes.
import { spawn } from 'node:child_process';

const TIE = ['--import', new URL('../end-with-parent.mjs', import.meta.url).href];

/**
 * Resolves with jest's exit code; a run that takes longer than its limit is killed.
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function runJest(args, { env = process.env, limitMinutes = Infinity } = {}) {
  const jest = spawn(process.execPath, [...TIE, 'node_modules/jest/bin/jest.js', ...args], { stdio: 'inherit', env });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => jest.kill(signal));
  const tooLong = () => {
    console.error(`The tests took longer than ${limitMinutes} minutes.`);
    jest.kill('SIGKILL');
  };
  const limit = limitMinutes === Infinity ? undefined : setTimeout(tooLong, limitMinutes * 60_000);
  return new Promise((done) =>
    jest.on('exit', (code) => {
      clearTimeout(limit);
      done(code ?? 1);
    }),
  );
}
