import { readFileSync } from 'node:fs';
import { WaitTimeoutError } from '../failures';
import { type Job, type Options, type SubmitRequest, isTerminal } from '../wire';
import { deliver, summary, targetOf } from './output';
import { ProgressLine } from './progress';
import { type Call, EXIT, UsageError, list, onlyWord, text, whole } from './settings';

const TIMEOUT_SECONDS = 600;

/** `flashcards make [FILE]`: submits a text, shows the cards being written, and writes the deck. */
export async function make(call: Call): Promise<number> {
  const target = targetOf(call);
  const request = requestOf(call, await textOf(call));
  const job = await call.client.submit(request, {
    signal: call.signal,
    ...(call.options['fresh'] === true ? { cache: 'no-cache' as const } : {}),
  });
  if (call.options['detach'] === true) return handOver(job, call);
  return finish(await ended(job, call), call, target);
}

function handOver(job: Job, { options, terminal }: Call): number {
  terminal.out(options['json'] === true ? `${JSON.stringify(job)}\n` : `${job.id}\n`);
  return EXIT.ok;
}

/** `flashcards follow ID`: shows a job until it ends, and writes its deck. */
export async function follow(call: Call): Promise<number> {
  const [id] = call.words;
  if (id === undefined || call.words.length > 1) throw new UsageError('Name one job: flashcards follow ID.');
  const target = targetOf(call);
  const job = await call.client.job(id, { signal: call.signal });
  return finish(await ended(job, call), call, target);
}

/** `flashcards retry ID`: the text and wishes of a job that failed, as a new job. */
export async function retry(call: Call): Promise<number> {
  const id = onlyWord(call, 'job');
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

/** Ctrl-C leaves the job running; who pressed it should know, and how to end it. */
function interrupted(error: unknown, id: string, { signal, terminal }: Call): unknown {
  if (signal.aborted) terminal.say(`Job ${id} goes on. flashcards follow ${id}, or flashcards cancel ${id}`);
  return error;
}

async function finish(job: Job, call: Call, target: ReturnType<typeof targetOf>): Promise<number> {
  const json = call.options['json'] === true;
  if (json) call.terminal.out(`${JSON.stringify(job)}\n`);
  else summary(job, call.terminal);
  if (job.status !== 'completed') return EXIT.failed;
  if (!json || target.file) await deliver(job, target, call);
  return EXIT.ok;
}

async function textOf({ words, terminal }: Call): Promise<string> {
  const [file = '-', ...others] = words;
  if (others.length > 0) throw new UsageError(`One text at a time: what is "${others[0]}"?`);
  if (file === '-' && terminal.inIsTerminal) throw new UsageError('Name a file, or send a text to standard input.');
  const bytes = file === '-' ? await terminal.readAll() : bytesOf(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${file === '-' ? 'Standard input' : file} is not UTF-8 text.`);
  }
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be read (${code}).`);
  }
}

function requestOf(call: Call, source: string): SubmitRequest {
  const options: Record<string, unknown> = {
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
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
  return { text: source, options: given };
}
