#!/usr/bin/env node
// npm start, npm test and the rest: needs Node and nothing else, installs what is missing, then runs the command.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build/build.mjs';
import { install } from './build/install.mjs';
import { messageOf } from './errors.mjs';
import { isTest, nodeFor } from './test/node.mjs';
import { runNode } from './test/run-node.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));

/**
 * Command -> whether it needs the build, and the module that runs it.
 * @type {Record<string, [needsBuild: boolean, module?: string]>}
 */
const COMMANDS = {
  start: [true, './local/start.mjs'],
  test: [true, './test/test.mjs'],
  'test:floor': [true, './test/floor.mjs'],
  'test:faults': [true, './test/test.mjs'],
  'test:attacks': [true, './test/test.mjs'],
  'test:turns': [true, './test/test.mjs'],
  'test:decks': [true, '../test/decks/run.mjs'],
  'test:monitoring': [true, '../test/monitoring/run.mjs'],
  'test:browser': [true, './test/browser.mjs'],
  'test:deploy': [false, '../test/deploy/run.mjs'],
  check: [false, './quality/check.mjs'],
  prose: [false, './quality/prose.mjs'],
  measure: [false, './quality/measure.mjs'],
  format: [false, './quality/format.mjs'],
  build: [true],
  bench: [true, '../bench/run.mjs'],
  'bench:observability': [true, '../bench/observability.mjs'],
  streams: [true, '../bench/streams.mjs'],
  load: [false, '../bench/load.mjs'],
  standin: [true, './local/standin.mjs'],
  docs: [true, './docs/docs.mjs'],
  'test:security': [true, './test/security.mjs'],
  'test:fuzz': [true, './test/fuzz.mjs'],
  'test:mutation': [false, '../test/mutation/run.mjs'],
  keys: [true, './local/keys.mjs'],
  'audit:verify': [true, './local/keys.mjs'],
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) stop(1, `Node 20.19 or newer is needed; this is ${process.version}.`);
const name = process.argv[2] ?? '';
const [needsBuild, module] = COMMANDS[name] ?? stop(2, `usage: npm run ${Object.keys(COMMANDS).join(' | ')}`);

// A parent that is not npm may leave on purpose: a shell, nohup, a service manager. npm waits for its script, so its end
// is ours. Its own variable says so: the line of package.json that it runs, whose `exec` makes us its child.
if (process.env.npm_lifecycle_script?.startsWith(`exec node scripts/run.mjs ${name}`))
  await import('./end-with-parent.mjs');

try {
  const node = nodeFor(name);
  if (node) process.exit(await runNode(node, process.argv.slice(1)));
  if (isTest(name)) announce();
  install();
  if (needsBuild) await build();
} catch (error) {
  stop(1, messageOf(error));
}
if (module) await import(module);

/** What a test starts by name, such as `npm start`, runs on this Node too. */
function announce() {
  process.env.PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  console.error(`The tests run on Node ${process.versions.node}.`);
}

/**
 * @param {number} code
 * @param {string} message
 * @returns {never}
 */
function stop(code, message) {
  console.error(message);
  process.exit(code);
}
