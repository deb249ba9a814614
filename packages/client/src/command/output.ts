import { accessSync, constants, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { type Card, type Deck, FORMATS, FORMAT_DETAILS, type Format, type Job } from '../wire';
import { type Call, UsageError, text } from './settings';
import { OutputError, type Terminal, causeOf, plain } from './terminal';

/** Where a deck goes. No file and no format: a list for reading. */
export interface Target {
  readonly file?: string;
  readonly format?: Format;
}

/** Reads `--output` and `--format`, and finds out before a job is paid for whether the deck can be written there. */
export function targetOf(call: Call): Target {
  const file = text(call, 'output');
  const named = text(call, 'format');
  const format = named === undefined ? formatOf(file) : formatNamed(named);
  if (file === undefined || file === '-') {
    if (format && FORMAT_DETAILS[format].binary && call.terminal.outIsTerminal) {
      throw new UsageError(`${format} is a binary format. Name a file with -o; a terminal cannot show it.`);
    }
    return format ? { format } : {};
  }
  if (existsSync(file) && call.options['force'] !== true) {
    throw new UsageError(`${file} already exists. --force replaces it.`);
  }
  mustBeWritable(dirname(file));
  return { file, ...(format ? { format } : {}) };
}

function formatNamed(name: string): Format {
  const format = FORMATS.find((each) => each === name);
  if (!format) throw new UsageError(`--format must be one of ${FORMATS.join(', ')}, not "${name}".`);
  return format;
}

function formatOf(file = '-'): Format | undefined {
  if (file === '-') return undefined;
  // Files of `jsonl` have two names.
  const extension = extname(file)
    .toLowerCase()
    .slice(1)
    .replace(/^ndjson$/, 'jsonl');
  const format = FORMATS.find((each) => FORMAT_DETAILS[each].extension === extension);
  if (!format) throw new UsageError(`The name ${file} does not say which format to write. Add --format.`);
  return format;
}

function mustBeWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new UsageError(`The folder ${folder} does not exist, or cannot be written to.`);
  }
}

/** Writes the deck of a completed job. A failure names the job, so that its deck is not lost. */
export async function deliver(job: Job, target: Target, call: Call): Promise<void> {
  const data = await deckOf(job, target, call);
  try {
    if (!target.file) return await call.terminal.out(data);
    write(target.file, data);
  } catch (error) {
    const what = error instanceof OutputError ? error.message : `${target.file} cannot be written (${causeOf(error)}).`;
    throw new OutputError(`${what} The deck is still there: flashcards cards ${job.id} -o FILE`);
  }
  call.terminal.say(`${target.file} (${target.format}, ${sizeOf(data.length)})`);
}

async function deckOf(job: Job, { format }: Target, { client, signal }: Call): Promise<string | Uint8Array> {
  if (format) return (await client.cards(job.id, format, { signal })).bytes;
  return readable(job.result?.deck ?? (await client.deck(job.id, { signal })));
}

/** Writes all or nothing: a program that watches the file never sees half of it. */
function write(file: string, data: string | Uint8Array): void {
  // A name of its own: the longest that a file may have leaves no room behind it.
  const half = join(dirname(file), `.flashcards-${process.pid}.part`);
  try {
    writeFileSync(half, data);
    renameSync(half, file);
  } finally {
    rmSync(half, { force: true });
  }
}

const sizeOf = (bytes: number): string => (bytes < 1_024 ? `${bytes} B` : `${Math.ceil(bytes / 1_024)} KiB`);

/** A deck for people to read. */
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

/** The outcome of a job, in a line for people. */
export function summary(job: Job, terminal: Terminal): void {
  const { result, error } = job;
  if (error) return terminal.say(`The job failed (${error.code}): ${plain(error.message)}`);
  if (!result) return terminal.say(`The job was ${job.status}.`);
  const dropped = Object.entries(result.dropped).map(([reason, count]) => `${count} ${reason}`);
  const why = dropped.length > 0 ? ` Dropped: ${dropped.join(', ')}.` : '';
  const few = result.partial ? ` of ${result.wanted} wanted` : '';
  const cost = job.cache === 'hit' ? ' From the cache.' : '';
  terminal.say(
    `${result.kept}${few} card${result.kept === 1 ? '' : 's'}, ${Math.round(result.coverage.share * 100)} % of the text's sentences quoted.${why}${cost}`,
  );
}
