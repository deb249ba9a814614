// What browsers get: the client as a module.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export async function buildBundles() {
  await bundleClient();
}

async function bundleClient() {
  const [source, to] = ['packages/client/src', 'packages/client/dist/index.mjs'];
  if (existsSync(to) && statSync(to).mtimeMs >= newestIn(source)) return;
  // Not before: on a new clone it is installed after this file was loaded.
  const { buildSync } = await import('esbuild');
  buildSync({
    entryPoints: [`${source}/index.ts`],
    outfile: to,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'warning',
  });
}

const newestIn = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));
