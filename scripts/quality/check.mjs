// npm run check: format, lint, prose, types, import rules, unused code, Lua scripts,
// regular expressions, generated docs.
// One line each; output of those that fail.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tied } from '../tied.cjs';

/** @typedef {[name: string, command: string[]]} Check */

/** @param {string} name */
const bin = (name) => `node_modules/.bin/${name}`;
const TSC = [process.execPath, 'node_modules/@typescript/native/bin/tsc'];
/**
 * Compiles: what is built gives the other checks the types of what the scripts import.
 * @type {Check}
 */
const TYPES = ['types', [...TSC, '-b', 'tsconfig.build.json']];
/** @type {Check} */
const FORMAT = [
  'format',
  [bin('prettier'), '--check', '--cache', '--cache-strategy', 'content', '--log-level', 'warn', '.'],
];
/** @type {Check} */
const PROSE = ['prose', [process.execPath, 'scripts/quality/prose.mjs']];
/** @type {Check} */
const LINT = [
  'lint',
  [
    bin('oxlint'),
    'packages',
    'services',
    'test',
    'scripts',
    'bench',
    'monitoring',
    'examples',
    'deploy',
    'jest.config.cjs',
    '.dependency-cruiser.cjs',
  ],
];
/** @type {Check[]} */
const OTHERS = [
  ['types of tests and tools', [...TSC, '-p', 'tsconfig.json']],
  ['types of the page', [...TSC, '-p', 'packages/page']],
  ['import rules', [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'packages', 'services']],
  ['unused code', [bin('knip')]],
  ['Lua scripts', [process.execPath, 'scripts/quality/lua.mjs']],
  ['regular expressions', [process.execPath, 'scripts/quality/regular-expressions.mjs']],
  ['generated docs', [process.execPath, 'scripts/docs/docs.mjs', '--check']],
];

/**
 * Whether it found nothing.
 * @param {Check} check
 * @returns {Promise<boolean>}
 */
const run = ([name, [command = '', ...args]]) =>
  new Promise((done) => {
    const start = Date.now();
    const child = spawn(...tied(command, args), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('close', (code) => {
      const seconds = ((Date.now() - start) / 1_000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${code === 0 ? '' : `\n${output}`}`);
      done(code === 0);
    });
  });

/** @param {Check[]} checks */
const lane = async (checks) => {
  let well = true;
  for (const check of checks) well = (await run(check)) && well;
  return well;
};
if (!existsSync('node_modules')) throw new Error('not installed');
const compiled = run(TYPES);
// Two lanes for two cores; a lane's checks run in turn.
const read = lane([FORMAT, PROSE]);
const results = await Promise.all([
  compiled,
  read,
  compiled.then(() => lane(OTHERS)),
  Promise.all([compiled, read]).then(() => run(LINT)),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
