import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectOf } from './json';
import { type Logger, errorFields } from './logger';

/** Who did what, when, from where, with what outcome. Never content, a key or a secret. */
export interface AuditRecord {
  /** Dotted, past tense: `key.created`. */
  readonly action: string;
  /** Id of the key that asked, `command` for the command line, `service` for what ran by itself. */
  readonly actor: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly tenant?: string;
  readonly target?: string;
  readonly from?: string;
  readonly request_id?: string;
  readonly details?: Readonly<Record<string, string | number | readonly string[]>>;
}

export interface Audit {
  /** Written before it resolves. A record that cannot be written is logged as an error and never thrown. */
  record(record: AuditRecord): Promise<void>;
}

const START = '0'.repeat(64);
const TAIL_BYTES = 65_536;
const LOCK_TRIES = 400;
const LOCK_WAIT_MS = 5;
const STALE_LOCK_MS = 10_000;
const HASH_FIELD = /,"hash":"([0-9a-f]{64})"\}$/;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A line of the chain: `prev` is the hash of the line before, `hash` that of this line without it. */
function lineOf(record: AuditRecord, seq: number, prev: string): string {
  const body = JSON.stringify({ seq, time: new Date().toISOString(), ...record, prev });
  return `${body.slice(0, -1)},"hash":"${sha256(body)}"}`;
}

/** Where a chain stands after a line; one that was cut by a crash still has a place in it. */
function endOf(line: string | undefined): { seq: number; prev: string } {
  if (line === undefined) return { seq: 0, prev: START };
  const hash = HASH_FIELD.exec(line)?.[1];
  const seq = hash ? objectOf(JSON.parse(line))['seq'] : undefined;
  return { seq: typeof seq === 'number' ? seq + 1 : 0, prev: hash ?? sha256(line) };
}

/**
 * The audit log: JSON lines in `file`, only ever appended, each bound to the one before by its hash. Several processes
 * of one machine may share a file. The service also logs each record, as a second witness; without a file, this log is
 * the only one. `onRecord` receives the outcome of each record.
 */
export function createAudit(
  file: string | undefined,
  logger: Pick<Logger, 'info' | 'error'>,
  onRecord: (outcome: 'written' | 'failed') => void = () => undefined,
): Audit {
  let last: Promise<void> = Promise.resolve();
  async function write(record: AuditRecord): Promise<void> {
    try {
      const place = file ? await append(file, record) : {};
      onRecord('written');
      logger.info('audit.recorded', { ...record, ...place });
    } catch (error) {
      onRecord('failed');
      logger.error('audit.failed', { ...record, ...errorFields(error) });
    }
  }
  return { record: (record) => (last = last.then(() => write(record))) };
}

async function append(file: string, record: AuditRecord): Promise<{ seq: number; hash: string }> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unlock = await lock(`${file}.lock`);
  try {
    const handle = await open(file, 'a+', 0o600);
    try {
      const { text, whole } = await tail(handle);
      const { seq, prev } = endOf(text);
      const line = lineOf(record, seq, prev);
      await handle.appendFile(`${whole ? '' : '\n'}${line}\n`);
      await handle.sync();
      return { seq, hash: HASH_FIELD.exec(line)?.[1] ?? '' };
    } finally {
      await handle.close();
    }
  } finally {
    await unlock();
  }
}

/** The last line, and whether it was written to its end. */
async function tail(handle: FileHandle): Promise<{ text: string | undefined; whole: boolean }> {
  const { size } = await handle.stat();
  if (size === 0) return { text: undefined, whole: true };
  const length = Math.min(size, TAIL_BYTES);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const text = buffer.toString('utf8');
  const whole = text.endsWith('\n');
  return { text: (whole ? text.slice(0, -1) : text).split('\n').at(-1), whole };
}

/** One writer at a time, also among processes: a folder can be made once. Own code: Node has no file locks, and libraries do just this. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (let left = LOCK_TRIES; left > 0; left -= 1) {
    const made = await mkdir(path).then(() => true, isThere);
    if (made) return () => rmdir(path);
    const held = await stat(path).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > STALE_LOCK_MS) await rmdir(path).catch(() => undefined);
    await sleep(LOCK_WAIT_MS);
  }
  throw new Error('The audit log stays locked by another process.');
}

function isThere(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false;
  throw error;
}

/** What an operator notes elsewhere about a log: its number of records, and the hash of the last one. */
export interface AuditNote {
  readonly records: number;
  readonly hash: string;
}

const NOTE = /^(\d{1,12}):([0-9a-f]{64})$/;

export const noteText = ({ records, hash }: AuditNote): string => `${records}:${hash}`;

/** The note that `noteText` wrote; null for anything else. */
export function readNote(text: string): AuditNote | null {
  const [, records, hash] = NOTE.exec(text) ?? [];
  return hash === undefined ? null : { records: Number(records), hash };
}

export interface AuditVerdict {
  readonly lines: number;
  /** The first line that is not what was written there, counted from 1; null when all are. */
  readonly broken: number | null;
  readonly reason: string;
  /** What to note of this log. */
  readonly note: AuditNote;
}

/**
 * Reads a chain from its start and names the first line that was changed, put in, taken out or cut. A chain does not show
 * that its end is missing, or that all of it was written again: an earlier note, from outside, does.
 */
export async function verifyAudit(file: string, earlier?: AuditNote): Promise<AuditVerdict> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const cut = lines.pop() ?? '';
  const verdict = (broken: number | null, reason: string, hash: string): AuditVerdict => {
    const count = lines.length + (cut === '' ? 0 : 1);
    return { lines: count, broken, reason, note: { records: count, hash } };
  };
  let expected = { seq: 0, prev: START };
  let noted = START;
  for (const [i, line] of lines.entries()) {
    const reason = faultOf(line, expected);
    if (reason) return verdict(i + 1, reason, expected.prev);
    expected = endOf(line);
    if (i + 1 === earlier?.records) noted = expected.prev;
  }
  if (cut !== '') return verdict(lines.length + 1, 'it was cut', expected.prev);
  if (earlier && earlier.records > lines.length) return verdict(lines.length + 1, `it is missing: ${earlier.records} records were noted`, expected.prev); // prettier-ignore
  if (earlier && earlier.hash !== noted)
    return verdict(earlier.records, 'another record was noted here', expected.prev);
  return verdict(null, '', expected.prev);
}

function faultOf(line: string, expected: { seq: number; prev: string }): string {
  const hash = HASH_FIELD.exec(line)?.[1];
  if (!hash) return 'it is no record';
  if (sha256(line.replace(HASH_FIELD, '}')) !== hash) return 'it was changed';
  const { seq, prev } = objectOf(JSON.parse(line));
  return seq === expected.seq && prev === expected.prev ? '' : 'it does not follow the line before';
}
