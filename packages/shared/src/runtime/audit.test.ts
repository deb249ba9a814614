import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit, noteText, readNote, verifyAudit } from './audit';

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
  expect(await verifyAudit(file)).toMatchObject({ lines: 22, broken: null, reason: '' });
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

describe('against what was noted elsewhere', () => {
  const append = (file: string) => createAudit(file, silent).record({ action: 'key.revoked', actor: 'command', outcome: 'done' }); // prettier-ignore

  test('a log that only grew since is whole', async () => {
    const { file } = await written(3);
    const { note } = await verifyAudit(file);
    expect(await verifyAudit(file, note)).toMatchObject({ broken: null });
    await append(file);
    const later = await verifyAudit(file, note);
    expect(later).toMatchObject({ lines: 4, broken: null, note: { records: 4 } });
    expect(await verifyAudit(file, readNote(noteText(later.note)) ?? undefined)).toMatchObject({ broken: null });
  });

  test('a log that lost its end is broken at the first record that is missing, also after others followed', async () => {
    const { file, lines } = await written(5);
    const { note } = await verifyAudit(file);
    writeFileSync(file, `${lines.slice(0, 3).join('\n')}\n`);
    expect(await verifyAudit(file)).toMatchObject({ broken: null }); // the chain alone does not show it
    expect(await verifyAudit(file, note)).toMatchObject({ lines: 3, broken: 4, reason: 'it is missing: 5 records were noted' }); // prettier-ignore
    await append(file);
    await append(file);
    expect(await verifyAudit(file, note)).toMatchObject({ broken: 5, reason: 'another record was noted here' });
    writeFileSync(file, '');
    expect(await verifyAudit(file, note)).toMatchObject({ lines: 0, broken: 1 });
  });

  test('a chain that was made again without one record is broken where it was noted', async () => {
    const { file } = await written(5);
    const { note } = await verifyAudit(file);
    const { file: remade } = await written(4);
    expect(await verifyAudit(remade)).toMatchObject({ broken: null }); // a whole chain, of other records
    expect(await verifyAudit(remade, note)).toMatchObject({ broken: 5 });
    for (let i = 0; i < 3; i += 1) await append(remade);
    expect(await verifyAudit(remade, note)).toMatchObject({ lines: 7, broken: 5, reason: 'another record was noted here' }); // prettier-ignore
  });

  test.each(['', '5', 'abc', `5:${'g'.repeat(64)}`, `-1:${'0'.repeat(64)}`, `5:${'0'.repeat(63)}`])(
    'the note %j is none',
    (text) => expect(readNote(text)).toBeNull(),
  );
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
