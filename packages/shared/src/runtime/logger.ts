import { writeSync } from 'node:fs';
import winston from 'winston';
import Transport from 'winston-transport';
import { BoundedMap } from './bounded-map';
import { objectOf } from './json';

/**
 * Structured logs: JSON lines on standard output. `event` is dotted and in the past tense (`job.completed`);
 * there is one line an outcome, and fields carry their units. Never give it a text, a card, a key or a library's
 * error object: only `errorFields(error)`.
 */
export interface Logger {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
  /** Writes what is still held back. */
  flush(): void;
}

const MESSAGE = Symbol.for('message');
/** A line as the format leaves it to the transport. */
interface Line {
  readonly level: string;
  readonly [MESSAGE]: string;
}
const BATCH_BYTES = 16_384;
// Escapes what a terminal or a line-based reader would act on and JSON leaves as it is.
const FORGING = /[\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;
const escapeForging = (line: string): string =>
  line.replace(FORGING, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

/** One write for many lines: half the cost of a line is its system call. Errors are written at once. */
class BatchTransport extends Transport {
  #held = '';
  #scheduled = false;

  override log(info: Line, next: () => void): void {
    this.#held += `${info[MESSAGE]}\n`;
    if (info.level === 'error' || this.#held.length > BATCH_BYTES) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setTimeout(() => this.flush(), 20).unref();
    }
    next();
  }

  flush(): void {
    this.#scheduled = false;
    const lines = this.#held;
    this.#held = '';
    if (lines) writeAll(lines);
  }
}

function writeAll(lines: string): void {
  try {
    writeSync(1, lines);
  } catch (error) {
    // A full pipe must not stop the service: the lines go to the stream, which holds them until it drains.
    if (objectOf(error)['code'] === 'EAGAIN') process.stdout.write(lines);
  }
}

export interface LoggerSettings {
  readonly level: string;
  readonly service: string;
  readonly region?: string;
}

/** What stands in every line of a process. */
export const processFields = ({ service, region }: Omit<LoggerSettings, 'level'>): object =>
  region ? { service, region } : { service };

export function createLogger({ level, ...process }: LoggerSettings): Logger {
  const transport = new BatchTransport();
  const base = processFields(process);
  const format = winston.format((info) => {
    const { level: lineLevel, message, ...fields } = info;
    const line = { time: new Date().toISOString(), level: lineLevel, event: message, ...base, ...fields };
    info[MESSAGE] = escapeForging(JSON.stringify(line));
    return info;
  });
  const logger = winston.createLogger({ level, format: format(), transports: [transport] });
  const write =
    (lineLevel: string) =>
    (event: string, fields: object = {}): void => {
      if (logger.isLevelEnabled(lineLevel)) logger.log({ level: lineLevel, message: event, ...fields });
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    flush: () => transport.flush(),
  };
}

/** What may be logged of an error: its name, code and message, and the stack of our own programming errors. */
export function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { error_name: typeof error };
  const { name, message, stack } = error;
  const code = objectOf(error)['code'];
  const ours = name === 'TypeError' || name === 'RangeError' || name === 'ReferenceError' || name === 'AssertionError';
  return {
    error_name: name,
    error_message: message.slice(0, 300),
    ...(code === undefined ? {} : { error_code: code }),
    ...(ours ? { error_stack: stack } : {}),
  };
}

const MAX_KINDS = 100;

/** At most one line a second for each kind: an outage must not fill a disk. */
export function createLimitedLog(write: (event: string, fields?: object) => void) {
  const last = new BoundedMap<string, { at: number; left_out: number }>(MAX_KINDS);
  return (event: string, kind: string, fields: object = {}): void => {
    const now = Date.now();
    const entry = last.get(kind);
    if (entry && now - entry.at < 1_000) {
      entry.left_out += 1;
      return;
    }
    last.set(kind, { at: now, left_out: 0 });
    write(event, { ...fields, ...(entry?.left_out ? { left_out: entry.left_out } : {}) });
  };
}
