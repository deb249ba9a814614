import { readFileSync } from 'node:fs';
import { WaitTimeoutError } from '../failures';
import { type Job, type SubmitRequest, isTerminal } from '../wire';
import { deliver, summary, targetOf } from './output';
import { ProgressLine } from './progress';
import { type Call, EXIT, TIMEOUT_SECONDS, UsageError, list, onlyJob, text, whole } from './settings';
import { causeOf, linesOf } from './terminal';

/** `flashcards make [FILE]`: submits a text, shows its progress, and writes the deck. */
export async function make(call: Call): Promise<number> {
  const target = targetOf(call);
  const request = requestOf(call, await textOf(call));
  const job = await call.client.submit(request, {
    signal: call.signal,
    cache: call.options['fresh'] === true ? 'no-cache' : undefined,
  });
  if (call.options['detach'] === true) return handOver(job, call);
  return finish(await ended(job, call), call, target);
}

async function handOver(job: Job, { options, terminal }: Call): Promise<number> {
  await terminal.out(linesOf([options['json'] === true ? JSON.stringify(job) : job.id]));
  return EXIT.ok;
}

/** `flashcards follow ID`: shows a job until it ends, then writes its deck. */
export async function follow(call: Call): Promise<number> {
  const id = onlyJob(call);
  const target = targetOf(call);
  const job = await call.client.job(id, { signal: call.signal });
  return finish(await ended(job, call), call, target);
}

/** `flashcards retry ID`: runs a failed job again, as a new job. */
export async function retry(call: Call): Promise<number> {
  const id = onlyJob(call);
  const target = targetOf(call);
  const job = await call.client.retry(id, { signal: call.signal });
  if (call.options['detach'] === true) return handOver(job, call);
  return finish(await ended(job, call), call, target);
}

/** Shows a job until it ends, within `--timeout` seconds. */
async function ended(job: Job, call: Call): Promise<Job> {
  if (isTerminal(job.status)) return job;
  const seconds = whole(call, 'timeout') ?? TIMEOUT_SECONDS;
  const line = new ProgressLine(call.terminal, job.progress.cards_wanted);
  line.waiting(job.queue.position, job.queue.eta_seconds);
  const limit = AbortSignal.timeout(seconds * 1_000);
  try {
    for await (const event of call.client.stream(job.id, { signal: AbortSignal.any([call.signal, limit]) }))
      line.report(event);
  } catch (error) {
    if (!limit.aborted || call.signal.aborted) throw interrupted(error, job.id, call);
    throw new WaitTimeoutError(job.id, seconds);
  } finally {
    line.clear();
  }
  return call.client.job(job.id, { signal: call.signal });
}

/** Ctrl-C leaves the job running: this says so, and how to end it. */
function interrupted(error: unknown, id: string, { signal, terminal }: Call): unknown {
  if (signal.aborted)
    terminal.say(`Job ${id} goes on. To see it: flashcards follow ${id}. To end it: flashcards cancel ${id}`);
  return error;
}

async function finish(job: Job, call: Call, target: ReturnType<typeof targetOf>): Promise<number> {
  const json = call.options['json'] === true;
  if (json) await call.terminal.out(linesOf([JSON.stringify(job)]));
  else summary(job, call.terminal);
  if (job.status !== 'completed') return EXIT.failed;
  if (!json || target.file) await deliver(job, target, call);
  return EXIT.ok;
}

async function textOf({ words, terminal }: Call): Promise<string> {
  const [file = '-', other] = words;
  if (other !== undefined) throw new UsageError(`The command takes one text; "${other}" is one too many.`);
  if (file === '-' && terminal.inIsTerminal) throw new UsageError('Name a file, or send a text to standard input.');
  const bytes = file === '-' ? await terminal.readAll() : bytesOf(file);
  const text = decoded(bytes, 'utf-8');
  if (text === undefined) throw new UsageError(notUtf8(bytes, file));
  return text;
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const cause = causeOf(error);
    throw new UsageError(MISSING[cause]?.(file) ?? `${file} cannot be read (${cause}).`);
  }
}

const MISSING: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `No such file: ${file}`,
  EISDIR: (file) => `${file} is a folder, not a file.`,
  EACCES: (file) => `You may not read ${file}.`,
};

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notUtf8(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes);
  const [name, words] = file === '-' ? ['Standard input', ''] : [file, ` ${file}`];
  if (!encoding) return `${name} is not UTF-8 text.`;
  return `${name} is not UTF-8 (it looks like ${encoding}). Convert it: iconv -f ${encoding} -t UTF-8${words}`;
}

/** A guess: a byte order mark, or Chinese signs in a row. Letters with accents, by themselves, are something else. */
function encodingOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  return /\p{Script=Han}{2}/u.test(decoded(bytes, 'gb18030') ?? '') ? 'GB18030' : undefined;
}

function requestOf(call: Call, source: string): SubmitRequest {
  const options = {
    cards: whole(call, 'cards'),
    types: list(call, 'types'),
    language: text(call, 'lang'),
    difficulty: text(call, 'difficulty'),
    answer_length: text(call, 'answers'),
    focus: text(call, 'focus'),
    title: text(call, 'title'),
    tags: list(call, 'tags'),
    model: text(call, 'model'),
  };
  // The API checks the values and names each that is wrong.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { text: source, options: given };
}
