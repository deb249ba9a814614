import { ApiError, ConnectionError, apiErrorOf } from './failures';
import { EventStreamReader, type ServerSentEvent } from './event-stream';
import { type Connection, attempt, backoffSeconds, sleep } from './requests';
import { received } from './received';
import type { Card, Job, JobSummary, Progress, Status } from './wire';

/** What happened to a job. `sequence` grows within a job; it is undefined for events found by polling. */
export type JobEvent = { readonly sequence: number | undefined } & (
  | { readonly type: 'status'; readonly data: { readonly status: Status } }
  | { readonly type: 'progress'; readonly data: Progress }
  | { readonly type: 'card'; readonly data: Card }
  | { readonly type: 'done'; readonly data: JobSummary }
);

export interface FollowOptions {
  /** The number of the last known event. */
  readonly after?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a job is read where there is no stream. */
export interface Polling {
  /** The job after its next change; `etag` names the known state. */
  readonly next: (etag: string | undefined) => Promise<{ job: Job; etag: string | undefined }>;
  readonly cards: (job: Job) => Promise<readonly Card[]>;
}

/** The server sends a comment every 15 s. A stream that is silent for longer is dead, or a proxy holds it back. */
const QUIET_SECONDS = 40;
/** After so many streams without an event, polling takes over. */
const MAX_EMPTY_STREAMS = 3;
const READERS: Readonly<Record<JobEvent['type'], (sequence: number | undefined, json: string) => JobEvent>> = {
  status: (sequence, json) => ({ sequence, type: 'status', data: received(json) }),
  progress: (sequence, json) => ({ sequence, type: 'progress', data: received(json) }),
  card: (sequence, json) => ({ sequence, type: 'card', data: received(json) }),
  done: (sequence, json) => ({ sequence, type: 'done', data: received(json) }),
};
const READER_OF = new Map(Object.entries(READERS));

/**
 * The events of a job after number `after`, each once and in order, until its `done`. A broken stream is resumed where it
 * stopped. Without streams (an older server, a proxy that buffers answers) the job is polled.
 */
export async function* followJob(
  connection: Connection,
  id: string,
  { after = 0, signal }: FollowOptions,
  polling: Polling,
): AsyncGenerator<JobEvent, void, undefined> {
  const cursor = { after, pauseSeconds: 1, hasEvents: false, reported: new Set<string>() };
  for (let failed = 0, empty = 0; ;) {
    const stream = await open(connection, id, cursor.after, signal);
    if (stream === 'ended') return;
    if (stream === 'none' || empty >= MAX_EMPTY_STREAMS) return yield* pollJob(polling, cursor.reported);
    if (stream instanceof Error) {
      if (failed >= connection.retries) throw stream;
      await sleep(Math.max(backoffSeconds(failed), hintOf(stream)), signal);
      failed += 1;
      continue;
    }
    failed = 0;
    cursor.hasEvents = false;
    for await (const event of eventsOf(stream, cursor, signal)) {
      if (event.type === 'card') cursor.reported.add(event.data.id);
      yield event;
      if (event.type === 'done') return;
    }
    empty = cursor.hasEvents ? 0 : empty + 1;
    await sleep(cursor.pauseSeconds * (0.5 + Math.random() / 2), signal);
  }
}

const hintOf = (error: Error): number => (error instanceof ApiError ? Math.min(60, error.retryAfterSeconds ?? 0) : 0);

/** A stream; `ended` when no further event can come; `none` where the server has no streams. */
async function open(
  connection: Connection,
  id: string,
  after: number,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | 'ended' | 'none' | Error> {
  const headers = { Accept: 'text/event-stream', ...(after > 0 ? { 'Last-Event-ID': String(after) } : {}) };
  let response;
  try {
    response = await attempt(connection, { path: `/v1/jobs/${id}/events`, headers, signal }, false);
  } catch (error) {
    signal?.throwIfAborted();
    return new ConnectionError('The stream of events cannot be opened.', { cause: error });
  }
  if (response.status === 204) return 'ended';
  if (response.ok) return response.body ?? 'none';
  // A job that does not exist is also a 404: the poll that follows reports it.
  if ([404, 405, 406, 501].includes(response.status)) return 'none';
  const error = await apiErrorOf(response);
  if (response.status < 500 && response.status !== 429) throw error;
  return error;
}

interface StreamCursor {
  after: number;
  pauseSeconds: number;
  hasEvents: boolean;
  /** Ids of the cards that were reported. */
  readonly reported: Set<string>;
}

/** The events of one stream until it ends, breaks or falls silent. The next stream resumes at `cursor`. */
async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
  cursor: StreamCursor,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent, void, undefined> {
  const reader = stream.getReader();
  const events = new EventStreamReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await withinQuiet(reader.read());
      if (done) return;
      for (const event of events.read(decoder.decode(value, { stream: true }))) {
        const reported = jobEventOf(event, cursor.after);
        if (!reported) continue;
        cursor.after = reported.sequence ?? cursor.after;
        cursor.hasEvents = true;
        yield reported;
      }
      cursor.pauseSeconds = (events.retryMs ?? 1_000) / 1_000;
    }
  } catch {
    // Broken or silent: the next stream resumes at `cursor`.
    signal?.throwIfAborted();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** An event of the stream. Undefined for one that was reported, or of an unknown type. */
function jobEventOf({ id, event, data }: ServerSentEvent, after: number): JobEvent | undefined {
  const sequence = /^\d{1,15}$/.test(id) ? Number(id) : undefined;
  const read = READER_OF.get(event);
  return sequence !== undefined && sequence <= after ? undefined : read?.(sequence, data);
}

function withinQuiet<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const quiet = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('silent')), QUIET_SECONDS * 1_000);
  });
  return Promise.race([read, quiet]).finally(() => clearTimeout(timer));
}

/** The same events, found by reading the job. Cards are reported as soon as the server shows them. */
async function* pollJob(polling: Polling, reported: Set<string>): AsyncGenerator<JobEvent, void, undefined> {
  const sequence = undefined;
  let status: Status | undefined;
  for (let etag: string | undefined; ;) {
    const read = await polling.next(etag);
    const { job } = read;
    etag = read.etag;
    const ended = job.finished_at !== null;
    if (job.status !== status && !ended) yield { sequence, type: 'status', data: { status: job.status } };
    status = job.status;
    yield { sequence, type: 'progress', data: job.progress };
    for (const card of await polling.cards(job)) {
      if (reported.has(card.id)) continue;
      reported.add(card.id);
      yield { sequence, type: 'card', data: card };
    }
    if (ended) return yield { sequence, type: 'done', data: summaryOf(job) };
  }
}

function summaryOf({ result, ...job }: Job): JobSummary {
  if (!result) return { ...job, result: null };
  const { title, language } = result.deck;
  return { ...job, result: { ...result, deck: { title, language } } };
}
