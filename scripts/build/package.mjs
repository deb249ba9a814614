// node scripts/build/package.mjs api /out: a built service with its production dependencies and nothing else, for its image.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageManager } from './install.mjs';

/** What a running service never reads: sources, tests, types, maps, build records, and what packages carry for people. */
const UNREAD =
  /\.(d\.[cm]?ts|[cm]?ts|(test|spec)\.[cm]?js|map|tsbuildinfo|md|markdown|flow)$|^(tsconfig.*\.json|\.npmignore|\.eslintrc.*)$/i;
/** Of SQLite, which is there for Anki packages, one build of many. */
const UNUSED_BUILD = /^(worker\.sql-.*|sql-asm.*|sql-wasm-.*|sqljs-.*\.zip)$/;
/** OpenTelemetry's builds for other module systems: each package has three. */
const OTHER_BUILD = /\/@opentelemetry\/[^/]+\/build\/(esm|esnext)$/;
const OWN_SOURCE = new RegExp(`^${process.argv[3]}(/node_modules/.*/@flashcards/[^/]+)?/src$`);
const KEPT = /^licen[cs]e|^notice/i;

const [, , service, out = ''] = process.argv;
deploy();
checkVersions();
prune(out);

function deploy() {
  const options = [`--filter=@flashcards/${service}`, '--loglevel=warn'];
  const args = ['--yes', packageManager(), ...options, 'deploy', '--prod', '--legacy', out];
  const env = { ...process.env, CI: 'true' };
  const { status } = spawnSync('npx', args, { stdio: ['ignore', 2, 2], env });
  if (status !== 0) throw new Error('The package could not be made: see above.');
}

/** What runs is what was tested: nothing may come in a version that the lock file does not name. */
function checkVersions() {
  const lock = readFileSync('pnpm-lock.yaml', 'utf8');
  const named = (/** @type {string} */ name) => lock.includes(`\n  ${name}:`) || lock.includes(`\n  '${name}':`);
  const installed = readdirSync(join(out, 'node_modules/.pnpm'))
    .filter((name) => /@\d/.test(name))
    .map((name) => name.replace('+', '/').replace(/(@\d[^_]*)_.*$/, '$1'));
  const strangers = installed.filter((name) => !named(name));
  if (installed.length === 0 || strangers.length > 0) {
    throw new Error(`Not in the lock file: ${strangers.join(', ') || 'anything'}.`);
  }
}

/** @param {string} folder */
function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && isUnread(entry.name)) rmSync(path);
    else if (OWN_SOURCE.test(path) || OTHER_BUILD.test(path)) rmSync(path, { recursive: true });
    else if (entry.isDirectory()) prune(path);
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}

/** @param {string} name */
function isUnread(name) {
  return (UNREAD.test(name) && !KEPT.test(name)) || UNUSED_BUILD.test(name);
}
