// Compiles, and puts beside the output what the compiler does not carry: the Lua scripts.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildBundles } from './bundles.mjs';

const ASSET = /\.lua$/;

export async function build() {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/@typescript/native/bin/tsc', '-b', 'tsconfig.build.json'],
    {
      stdio: ['ignore', 2, 2],
    },
  );
  if (status !== 0) throw new Error('The build failed: see above.');
  for (const folder of ['packages', 'services']) {
    for (const name of readdirSync(folder)) copyAssets(join(folder, name));
  }
  await buildBundles();
}

/** @param {string} folder */
function copyAssets(folder) {
  const source = join(folder, 'src');
  if (!existsSync(source)) return;
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => ASSET.test(name))) {
    const [from, to] = [join(source, file), join(folder, 'dist', file)];
    if (existsSync(to) && statSync(to).mtimeMs >= statSync(from).mtimeMs) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}
