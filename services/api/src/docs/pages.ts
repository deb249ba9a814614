import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Joi } from '@flashcards/shared/contract/text';

/** Something a browser may be shown, as it is sent: ready made, so that showing it costs a look-up. */
export interface Page {
  readonly type: string;
  readonly bytes: Buffer;
  /**
   * Only what is the same in every deployment and never holds anything of a request or a caller: scripts, styles,
   * pictures. The compressed size of other content could reveal it (BREACH).
   */
  readonly encoded?: Readonly<Record<'br' | 'gzip', Buffer>>;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
}

/** Path -> page, made when it is first asked for. */
export type Pages = ReadonlyMap<string, () => Page>;

/** What the page has to know of this deployment. */
export interface PageLimits {
  readonly maxTextChars: number;
  readonly maxCards: number;
  readonly models: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const HTML = 'text/html; charset=utf-8';

const text = Joi.string().required();
/** What the build writes of its files. */
const filesSchema = Joi.object({
  assets: Joi.array()
    .items(Joi.object({ path: text, file: text }))
    .required(),
  docs: Joi.array()
    .items(Joi.object({ path: text, file: text, title: text }))
    .required(),
});

/**
 * Reads what the build left in `folder`: the assets, the page that names them, and the guides. `reference` makes the
 * reference of the API when it is first asked for.
 */
export function readPages(folder: string, limits: PageLimits, reference: () => string): Pages {
  const read = (file: string): Buffer => readFileSync(join(folder, file));
  const files = filesSchema.validate(JSON.parse(read('files.json').toString()));
  if (files.error) throw files.error;
  const { assets, docs } = files.value;
  const frame = read('docs.html').toString();
  const links = [{ path: '/docs', title: 'API' }, ...docs];
  const pages = new Map<string, () => Page>();
  for (const { path, file } of assets)
    pages.set(
      path,
      once(() => assetPage(file, read)),
    );
  const home = (): string =>
    read('index.html')
      .toString()
      .replace('%LIMITS%', () => attribute(JSON.stringify(limits)));
  pages.set(
    '/',
    once(() => htmlPage(home())),
  );
  pages.set(
    '/docs',
    once(() => htmlPage(framed(frame, links, '/docs', reference()))),
  );
  for (const { path, file } of docs) {
    pages.set(
      path,
      once(() => htmlPage(framed(frame, links, path, read(file).toString()))),
    );
  }
  return pages;
}

const assetPage = (file: string, read: (file: string) => Buffer): Page => ({
  type: TYPES[extname(file)] ?? 'application/octet-stream',
  bytes: read(file),
  encoded: { br: read(`${file}.br`), gzip: read(`${file}.gz`) },
  etag: `"${file}"`,
  immutable: true,
});

/** Made at the first call, and kept: nobody pays for a page that nobody reads. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** A page of the documentation: its content between the links to the others. */
function framed(
  frame: string,
  links: readonly { path: string; title: string }[],
  path: string,
  content: string,
): string {
  const nav = links.map(
    (link) => `<a href="${link.path}"${link.path === path ? ' aria-current="page"' : ''}>${link.title}</a>`,
  );
  const title = links.find((link) => link.path === path)?.title ?? '';
  return frame
    .replace('%TITLE%', title)
    .replace('%NAV%', () => nav.join('\n'))
    .replace('%CONTENT%', () => content);
}

/** An HTML page as it is sent. */
export function htmlPage(html: string): Page {
  const bytes = Buffer.from(html);
  return {
    type: HTML,
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`,
    immutable: false,
  };
}

const attribute = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
