import { accessSync, constants, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { FORMATS, type Card, type Deck, type Format, type Job } from '../wire';
import { type Call, UsageError, text } from './settings';
import { type Terminal, plain } from './terminal';

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.txt': 'anki-txt',
  '.apkg': 'apkg',
  '.md': 'markdown',
};
const BINARY: ReadonlySet<string> = new Set(['apkg']);

/** Where a deck goes. No file and no format: a list for reading. */
export interface Target {
  readonly file?: string;
  readonly format?: Format;
}

/** Reads `--output` and `--format`, and finds out before a job is paid for whether the deck can be written there. */
export function targetOf(call: Call): Target {
  const file = text(call, 'output');
  const named = text(call, 'format');
  if (named !== undefined && !(FORMATS as readonly string[]).includes(named)) {
    throw new UsageError(`--format must be one of ${FORMATS.join(', ')}, not "${named}".`);
  }
  const format = (named as Format | undefined) ?? (file === undefined ? undefined : formatOf(file));
  if (file === undefined || file === '-') {
    if (format && BINARY.has(format) && call.terminal.outIsTerminal) {
      throw new UsageError(`${format} is binary and this is a terminal: name a file with -o.`);
    }
    return format ? { format } : {};
  }
  if (existsSync(file) && call.options['force'] !== true) {
    throw new UsageError(`${file} is there already: --force writes over it.`);
  }
  mustBeWritable(dirname(file));
  return { file, ...(format ? { format } : {}) };
}

function formatOf(file: string): Format | undefined {
  if (file === '-') return undefined;
  const format = BY_EXTENSION[extname(file).toLowerCase()];
  if (!format) throw new UsageError(`The name ${file} does not say which format: add --format.`);
  return format;
}

function mustBeWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new UsageError(`The folder ${folder} is not there, or cannot be written to.`);
  }
}

/** Writes the deck of a completed job. */
export async function deliver(job: Job, { file, format }: Target, { client, terminal, signal }: Call): Promise<void> {
  if (!format) {
    const deck = job.result?.deck ?? (await client.deck(job.id, { signal }));
    return terminal.out(readable(deck));
  }
  const { bytes } = await client.cards(job.id, format, { signal });
  if (!file) return terminal.out(bytes);
  write(file, bytes);
  terminal.say(`${file} (${format}, ${sizeOf(bytes.length)})`);
}

/** All or nothing: whoever watches the file never sees half of it. */
function write(file: string, bytes: Uint8Array): void {
  const half = `${file}.${process.pid}.part`;
  try {
    writeFileSync(half, bytes);
    renameSync(half, file);
  } finally {
    rmSync(half, { force: true });
  }
}

const sizeOf = (bytes: number): string => (bytes < 1_024 ? `${bytes} B` : `${Math.ceil(bytes / 1_024)} KiB`);

/** What a person reads in a terminal. */
export function readable({ title, cards }: Deck): string {
  return `${plain(title)}\n\n${cards.map((card, index) => cardLines(card, index + 1)).join('\n')}`;
}

function cardLines({ front, back, choices, quote }: Card, number: number): string {
  const indent = (value: string): string => plain(value).replace(/\n/g, '\n    ');
  const lines = [
    `${String(number).padStart(2)}  ${indent(front)}`,
    ...(choices ?? []).map((choice, index) => `    ${'ABCDE'[index]}. ${indent(choice)}`),
    `    → ${indent(back)}`,
    `    “${indent(quote)}”`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What became of a job, for a person. */
export function summary(job: Job, terminal: Terminal): void {
  const { result, error } = job;
  if (error) return terminal.say(`The job failed (${error.code}): ${plain(error.message)}`);
  if (!result) return terminal.say(`The job was ${job.status}.`);
  const dropped = Object.entries(result.dropped).map(([reason, count]) => `${count} ${reason}`);
  const why = dropped.length > 0 ? ` Dropped: ${dropped.join(', ')}.` : '';
  const few = result.partial ? ` of ${result.wanted} wanted` : '';
  const cost = job.cache === 'hit' ? ' From the cache.' : '';
  terminal.say(`${result.kept}${few} card${result.kept === 1 ? '' : 's'}, ${Math.round(result.coverage.share * 100)} % of the text's sentences quoted.${why}${cost}`); // prettier-ignore
}
