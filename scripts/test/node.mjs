// Which Node a test command runs on. Each is an npm package outside the workspace: only who runs tests installs it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from '../build/install.mjs';
import { withLock } from '../lock.mjs';
import { tied } from '../tied.cjs';

const FOLDER = 'test/node';
/** Of the images; the oldest that is supported; the one that runs this. */
const ALLOWED = ['images', 'floor', 'own'];
/**
 * Test command -> its Node, where that is not the one of the images.
 * @type {Record<string, string>}
 */
const OTHERS = { 'test:floor': 'floor' };

/** @param {string} command */
export const isTest = (command) => /^test(:|$)/.test(command);

/**
 * The path of the Node that a command runs on, or undefined where this one will do. Installs it when it is missing.
 * @param {string} command
 */
export function nodeFor(command) {
  if (!isTest(command)) return undefined;
  const name = process.env.TEST_NODE || (OTHERS[command] ?? 'images');
  if (!ALLOWED.includes(name)) throw new Error(`TEST_NODE is "${name}"; ${ALLOWED.join(', ')} are allowed.`);
  if (name === 'own') return undefined;
  const version = versionIn(join(FOLDER, name));
  return process.version === `v${version}` ? undefined : installed(join(FOLDER, name), version);
}

/** @param {string} folder */
function versionIn(folder) {
  const { optionalDependencies } = /** @type {{ optionalDependencies: Record<string, string> }} */ (
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  );
  return Object.values(optionalDependencies)[0] ?? '';
}

/**
 * @param {string} folder
 * @param {string} version
 */
function installed(folder, version) {
  const node = resolve(folder, 'node_modules/.bin/node');
  const runs = () => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${version}`;
  if (runs()) return node;
  mkdirSync('.cache', { recursive: true });
  withLock('.cache/test-node.lock', () => {
    if (runs()) return;
    console.error(`Installing Node ${version}, which these tests run on (about 50 MB, once) ...`);
    // Not pnpm: these packages give their platform as a string. pnpm passes over it and installs every platform's.
    const npm = tied('npm', ['ci', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund']);
    spawnSync(...npm, { cwd: folder, stdio: ['ignore', 'ignore', 2], env: environment() });
  });
  if (runs()) return node;
  throw new Error(
    `Node ${version}, which these tests run on, could not be installed for ${process.platform} ${process.arch}.` +
      ` npm must reach a package registry. To run the tests on Node ${process.versions.node} instead, set TEST_NODE=own.`,
  );
}
