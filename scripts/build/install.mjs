// Installs the dependencies when what they are made from has changed, and never twice at once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { withLock } from '../lock.mjs';
import { tied } from '../tied.cjs';

const STAMP = 'node_modules/.flashcards-installed';

export function install() {
  const wanted = fingerprint();
  const done = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted;
  if (done()) return;
  mkdirSync('.cache', { recursive: true });
  withLock('.cache/install.lock', () => {
    if (done()) return;
    console.error('Installing dependencies (only when they changed) ...');
    // `exec`: a signal to npx ends pnpm too, and not only the shell between them. npx gets one when we are gone.
    const line = 'exec pnpm install --frozen-lockfile --reporter=append-only --loglevel=warn';
    const npx = tied('npx', ['--yes', `--package=${packageManager()}`, '-c', line]);
    const { status, error } = spawnSync(...npx, { stdio: ['ignore', 2, 2], env: environment() });
    if (error || status !== 0) {
      throw new Error('The dependencies could not be installed: see above. npm must reach a package registry.');
    }
    writeFileSync(STAMP, wanted);
  });
}

/** pnpm and its version, as npx takes them. */
export function packageManager() {
  const manifest = /** @type {{ packageManager: string }} */ (JSON.parse(readFileSync('package.json', 'utf8')));
  return manifest.packageManager;
}

function fingerprint() {
  const manifests = ['packages', 'services'].flatMap((folder) =>
    readdirSync(folder)
      .map((name) => `${folder}/${name}/package.json`)
      .filter((file) => existsSync(file)),
  );
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests];
  // Not of Node's version: `nodeVersion` of pnpm-workspace.yaml makes the same install for all, and none compiles.
  const parts = [process.platform, process.arch, ...files.map((file) => readFileSync(file, 'utf8'))];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

// npm hands its own state to what it runs, and pnpm would take it for settings; CI is for pnpm: ask nobody.
export const environment = () =>
  Object.fromEntries(
    Object.entries({ ...process.env, CI: 'true' }).filter(
      ([name]) => !/^npm_(package|lifecycle|config_(global|prefix|user_agent|local_prefix|noproxy))/i.test(name),
    ),
  );
