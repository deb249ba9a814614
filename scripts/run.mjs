#!/usr/bin/env node
// npm start, npm test and the rest: needs Node and nothing else, installs what is missing, then runs the command.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));

/** Command -> whether it needs the build, and the module that runs it. */
const COMMANDS = {
  start: [true, './start.mjs'],
  test: [true, './test.mjs'],
  'test:faults': [true, './test.mjs'],
  'test:decks': [true, '../test/decks/run.mjs'],
  'test:monitoring': [true, '../test/monitoring/run.mjs'],
  'test:browser': [true, './test-browser.mjs'],
  'test:deploy': [false, '../test/deploy/run.mjs'],
  check: [false, './check.mjs'],
  prose: [false, './quality/prose.mjs'],
  measure: [false, './quality/measure.mjs'],
  format: [false, './format.mjs'],
  build: [true, undefined],
  bench: [true, '../bench/run.mjs'],
  'bench:observability': [true, '../bench/observability.mjs'],
  streams: [true, '../bench/streams.mjs'],
  load: [false, '../bench/load.mjs'],
  standin: [true, './standin.mjs'],
  docs: [true, './docs.mjs'],
  'test:security': [true, './test-security.mjs'],
  'test:fuzz': [true, './test-fuzz.mjs'],
  'test:mutation': [false, '../test/mutation/run.mjs'],
  keys: [true, './keys.mjs'],
  'audit:verify': [true, './keys.mjs'],
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) stop(1, `Node 20.19 or newer is needed; this is ${process.version}.`);
const command = COMMANDS[process.argv[2]];
if (!command) stop(2, `usage: npm run ${Object.keys(COMMANDS).join(' | ')}`);

try {
  install();
  if (command[0]) await build();
} catch (error) {
  stop(1, error.message);
}
if (command[1]) await import(command[1]);

function stop(code, message) {
  console.error(message);
  process.exit(code);
}
