// What browsers get: the client as a module, and the page with its assets, hashed and compressed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const CLIENT = 'packages/client';
const PAGE = 'packages/page';
const PAGE_SOURCE = `${PAGE}/src`;
const TO = 'services/api/dist/page';
/**
 * Guides that are shown under `/docs`, in the order of their links.
 * @type {Record<string, string>}
 */
const GUIDES = {
  'quick-start': 'Quick start',
  clients: 'Clients',
  webhooks: 'Webhooks',
  formats: 'Formats',
  errors: 'Errors',
  migrating: 'Moving',
  comparison: 'Comparison',
};

export async function buildBundles() {
  if (isOlder(`${CLIENT}/dist/index.mjs`, [`${CLIENT}/src`])) await bundleClient();
  if (isOlder(`${TO}/files.json`, [PAGE_SOURCE, `${CLIENT}/src`, 'scripts/build/bundles.mjs', ...guides()]))
    await bundlePage();
}

async function bundleClient() {
  await esbuild({
    entryPoints: [`${CLIENT}/src/index.ts`],
    outfile: `${CLIENT}/dist/index.mjs`,
    format: 'esm',
    write: true,
  });
}

/** Assets whose names say what is in them, the page that names them, and a list of all for the API. */
async function bundlePage() {
  const entryPoints = ['app.tsx', 'boot.ts', 'styles/app.css', 'styles/docs.css'].map(
    (name) => `${PAGE_SOURCE}/${name}`,
  );
  const { outputFiles = [] } = await esbuild({
    entryPoints,
    entryNames: '[name]',
    outdir: TO,
    write: false,
    minify: true,
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfig: `${PAGE}/tsconfig.json`,
    conditions: ['@flashcards/source'],
  });
  rmSync(TO, { recursive: true, force: true });
  mkdirSync(TO, { recursive: true });
  const made = outputFiles.map(({ path, contents }) => asset(basename(path), contents));
  const assets = [...made, asset('icon.svg', readFileSync(`${PAGE_SOURCE}/icon.svg`))];
  const names = new Map(assets.map(({ name, path }) => [name, path]));
  /** @param {string} html */
  const named = (html) =>
    html.replace(/%([a-z]+\.[a-z]+)%/g, (mark, /** @type {string} */ name) => names.get(name) ?? mark);
  writeFileSync(`${TO}/index.html`, named(readFileSync(`${PAGE_SOURCE}/index.html`, 'utf8')));
  writeFileSync(`${TO}/docs.html`, named(readFileSync(`${PAGE_SOURCE}/docs.html`, 'utf8')));
  const docs = await renderGuides();
  writeFileSync(`${TO}/files.json`, JSON.stringify({ assets: assets.map(({ path, file }) => ({ path, file })), docs }));
}

const guides = () =>
  Object.keys(GUIDES)
    .map((name) => `docs/${name}.md`)
    .filter((file) => existsSync(file));

/** Turns each guide into HTML; headings can be linked to by their text, as errors are by their code. */
async function renderGuides() {
  const { default: markdown } = await import('markdown-it');
  const renderer = markdown();
  renderer.renderer.rules.heading_open = (tokens, index, options, _env, self) => {
    tokens[index]?.attrSet('id', slugOf(tokens[index + 1]?.content ?? ''));
    return self.renderToken(tokens, index, options);
  };
  renderer.renderer.rules.link_open = (tokens, index, options, _env, self) => {
    const open = tokens[index];
    const href = linkOf(String(open?.attrGet('href') ?? ''));
    // A file of the repository that is not shown here keeps its name and loses its link.
    if (href === undefined) {
      const close = tokens.find((token, at) => at > index && token.type === 'link_close');
      for (const token of [open, close]) if (token) Object.assign(token, { tag: 'span', attrs: null });
    } else open?.attrSet('href', href);
    return self.renderToken(tokens, index, options);
  };
  renderer.renderer.rules.fence = (tokens, index) =>
    `<pre tabindex="0"><code>${renderer.utils.escapeHtml(tokens[index]?.content ?? '')}</code></pre>\n`;
  return guides().map((file) => {
    const name = file.slice('docs/'.length, -'.md'.length);
    const html = renderer.render(readFileSync(file, 'utf8').replace(/^<!--.*-->$/gm, ''));
    writeFileSync(`${TO}/${name}.html`, html);
    return { path: `/docs/${name}`, file: `${name}.html`, title: GUIDES[name] };
  });
}

/** @param {string} heading */
const slugOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-|-$/g, '');

/**
 * Where a link of a guide leads when the API shows it: to another guide, or nowhere.
 * @param {string} href
 */
function linkOf(href) {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [, name, anchor = ''] = /^(?:docs\/)?([a-z-]+)\.md(#.*)?$/.exec(href) ?? [];
  if (name === 'api') return '/docs';
  return name && GUIDES[name] ? `/docs/${name}${anchor}` : undefined;
}

/**
 * Writes a file, and how it looks compressed: nobody has to compress it again.
 * @param {string} name
 * @param {Uint8Array} bytes
 */
function asset(name, bytes) {
  const [stem, extension] = name.split('.');
  const hash = createHash('sha256').update(bytes).digest('base64url').replace(/[-_]/g, 'x').slice(0, 10);
  const file = `${stem}-${hash}.${extension}`;
  writeFileSync(join(TO, file), bytes);
  writeFileSync(join(TO, `${file}.br`), brotliCompressSync(bytes));
  writeFileSync(join(TO, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  return { name, file, path: `/assets/${file}` };
}

/** @param {import('esbuild').BuildOptions} options */
async function esbuild(options) {
  // Not before: on a new clone it is installed after this file was loaded.
  const { build } = await import('esbuild');
  return build({
    bundle: true,
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'warning',
    legalComments: 'none',
    ...options,
  });
}

/**
 * @param {string} file
 * @param {string[]} sources
 */
function isOlder(file, sources) {
  if (!existsSync(file)) return true;
  const made = statSync(file).mtimeMs;
  return sources.some((source) => newestIn(source) > made);
}

/** @param {string} source */
function newestIn(source) {
  if (!statSync(source).isDirectory()) return statSync(source).mtimeMs;
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((name) => statSync(join(source, name)).mtimeMs));
}
