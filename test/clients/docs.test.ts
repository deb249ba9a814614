import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delivery } from '@flashcards/shared/contract/delivery';
import type { Endpoint } from '../../services/api/src/http/endpoint';
import { EXAMPLES } from '../../services/api/src/docs/examples';
import { routes } from '../../services/api/src/routes';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { CHINESE } from '../harness/texts';

const ROOT = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'flashcards-docs-'));
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
let pair: Pair;
jest.setTimeout(60_000);
beforeAll(async () => {
  pair = await Pair.start({
    settings: { WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' },
  });
});
/** Where a reader would stand: a folder with notes, and the client installed. */
function readersFolder(): string {
  const own = mkdtempSync(join(folder, 'reader-'));
  writeFileSync(join(own, 'notes.md'), CHINESE);
  symlinkSync(join(ROOT, 'node_modules'), join(own, 'node_modules'));
  return own;
}
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pair.close();
});

const endpoints = routes({ maxTextChars: 10_000, maxCards: 50, models: ['standin/extractive'] });
const named = endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

async function replay(name: string, endpoint: Endpoint): Promise<void> {
  const { path } = endpoint;
  const text = `${CHINESE}\n\n${name}`;
  // A retry is for a job that failed; everything else is shown with one that completed.
  const job = await pair.finished({
    text: path.endsWith('/retry') ? '好。' : text,
    ...(path.includes('/deliveries') ? { webhook: { url: 'http://127.0.0.1:8443/closed' } } : {}),
  });
  const ids: Record<string, string> = { id: job.id, card_id: job.result?.deck.cards[0]?.id ?? '' };
  if (path.includes('{delivery_id}')) ids['delivery_id'] = await deliveryOf(job.id);
  await send(name, endpoint, ids);
}

async function send(name: string, { method, path, answers }: Endpoint, ids: Record<string, string>): Promise<void> {
  const { query = {}, headers = {}, body } = EXAMPLES[name] ?? {};
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) search.set(key, String(value));
  const url = `${pair.url}${path.replace(/\{(\w+)\}/g, (_all, key: string) => ids[key] ?? '')}?${search.toString()}`;
  const answer = await fetch(url, {
    method: method.toUpperCase(),
    headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(30_000),
  });
  const documented = answers[answer.status];
  if (!documented) throw new Error(`${answer.status} is not documented: ${await answer.text()}`);
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') && documented.schema;
  if (isJson) expect(documented.schema?.validate(await answer.json(), { convert: false }).error).toBeUndefined();
  else await answer.body?.cancel();
}

// After an erasure nothing can be submitted for a while: it comes last, and then its receipt.
const isLast = (name: string): boolean => / \/v1\/data\b/.test(name);
test.each(named.filter(([name]) => !isLast(name)))('the example of %s is answered as it is documented', replay);

/** The first delivery of a job, once it was tried and waits for its next attempt. */
const deliveryOf = (id: string): Promise<string> =>
  eventually(async () => {
    const { body } = await pair.call('GET', `/v1/jobs/${id}/deliveries`);
    const [first] = (body as { deliveries: Delivery[] }).deliveries;
    if (!first?.next_attempt_at || first.attempts.length === 0) throw new Error('no attempt yet');
    return first.id;
  });

test('every example is of an endpoint that is there', () => {
  const names = new Set<string>(named.map(([name]) => name));
  expect(Object.keys(EXAMPLES).filter((name) => !names.has(name))).toEqual([]);
});

test('the reference shows every endpoint, with its example', async () => {
  const page = await (await fetch(`${pair.url}/docs`)).text();
  for (const [, { method, path }] of named) {
    expect(page).toContain(`<code class="method">${method.toUpperCase()}</code> <code>${path}</code>`);
  }
  expect(page).toContain('Idempotency-Key: note-42');
});

/** Language of a block -> what runs it. Blocks without a language are read, not run. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  sh: ['bash', '--norc', '-euo', 'pipefail', '-c'],
  js: [process.execPath, '--input-type=module', '-e'],
  python: ['python3', '-c'],
};
/** One run a language and page: later blocks use what earlier ones set. */
const pages = ['quick-start', 'clients', 'migrating'].flatMap((page) => {
  const blocks = [...readFileSync(join(ROOT, `docs/${page}.md`), 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const languages = [...new Set(blocks.map(([, language = '']) => language))];
  return languages.map((language) => {
    const code = blocks.flatMap(([, of, block]) => (of === language ? [block] : [])).join('\n');
    return [page, language, code] as const;
  });
});

test.each(pages)('what docs/%s.md shows in %s works as it stands', async (_page, language, code) => {
  const [program = '', ...words] = RUNNERS[language] ?? [];
  const { stdout, stderr, error } = await new Promise<{ stdout: string; stderr: string; error: Error | null }>(
    (resolve) =>
      execFile(
        program,
        [...words, code],
        {
          cwd: readersFolder(),
          env: { PATH: process.env['PATH'], HOME: folder, B: pair.url, FLASHCARDS_URL: pair.url },
          timeout: 50_000,
        },
        (failure, stdout, stderr) => resolve({ stdout, stderr, error: failure }),
      ),
  );
  if (error) throw new Error(`${stderr}\n${stdout}`);
  // An answer that is an error ends no shell.
  expect(`${stdout}${stderr}`).not.toMatch(/problem\+json|"code":"|not found/);
});

test.each(named.filter(([name]) => isLast(name)))(
  'the example of %s is answered as it is documented',
  async (...row) => {
    const { body } = await pair.call('DELETE', '/v1/data');
    await send(...row, { id: (body as { erasure_id: string }).erasure_id });
  },
);
