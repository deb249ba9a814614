import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit, verifyAudit } from './audit';

const folder = mkdtempSync(join(tmpdir(), 'flashcards-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const silent = { info: () => undefined, error: () => undefined };
let files = 0;

async function written(records: number): Promise<{ file: string; lines: string[] }> {
  const file = join(folder, `audit-${(files += 1)}.jsonl`);
  const audit = createAudit(file, silent);
  for (let i = 0; i < records; i += 1) {
    await audit.record({ action: 'key.created', actor: 'command', outcome: 'done', target: `key-${i}` });
  }
  return { file, lines: readFileSync(file, 'utf8').trimEnd().split('\n') };
}

test('a log that nobody touched is whole, also when two processes write at once', async () => {
  const { file } = await written(2);
  const [one, other] = [createAudit(file, silent), createAudit(file, silent)];
  const record = { action: 'key.revoked', actor: 'command', outcome: 'done' } as const;
  await Promise.all(Array.from({ length: 20 }, (_none, i) => (i % 2 ? one : other).record(record)));
  expect(await verifyAudit(file)).toEqual({ lines: 22, broken: null, reason: '' });
});

test.each([
  ['changed', (lines: string[]) => lines.with(2, (lines[2] as string).replace('key-2', 'key-9')), 3],
  ['taken out', (lines: string[]) => lines.toSpliced(2, 1), 3],
  ['put in twice', (lines: string[]) => lines.toSpliced(2, 0, lines[1] as string), 3],
  ['swapped with the next', (lines: string[]) => lines.with(2, lines[3] as string).with(3, lines[2] as string), 3],
  ['emptied', (lines: string[]) => lines.with(2, ''), 3],
])('a line that was %s is named', async (_what, tamper, broken) => {
  const { file, lines } = await written(5);
  writeFileSync(file, `${tamper(lines).join('\n')}\n`);
  expect(await verifyAudit(file)).toMatchObject({ broken });
});

test('a line that a crash cut is named, and the next records still follow each other', async () => {
  const { file, lines } = await written(3);
  writeFileSync(file, lines.join('\n').slice(0, -20));
  await createAudit(file, silent).record({ action: 'key.revoked', actor: 'command', outcome: 'done' });
  expect(await verifyAudit(file)).toMatchObject({ lines: 4, broken: 3 });
});

test('a record that cannot be written is in the service log as an error', async () => {
  const errors: string[] = [];
  const logger = {
    info: () => undefined,
    error: (event: string, fields: object = {}) => errors.push(`${event} ${JSON.stringify(fields)}`),
  };
  await createAudit('/dev/null/audit', logger).record({ action: 'key.created', actor: 'k', outcome: 'done' });
  expect(errors[0]).toContain('audit.failed');
  expect(errors[0]).toContain('key.created');
});
