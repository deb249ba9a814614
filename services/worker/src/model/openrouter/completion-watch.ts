import type { Readable } from 'node:stream';

import { faultError, networkFault, type Fault } from '../model-errors';

/**
 * The deadlines of one call and its caller's signal, in wall-clock time: a library's idle timer is reset by every comment and
 * every drip of white space, and so bounds nothing. Whatever comes first aborts `signal` and stays in `fault`.
 */
export class CallWatch {
  /** Why the call was cut; null while it runs. */
  fault: Fault | null = null;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #total: NodeJS.Timeout;
  #phase: NodeJS.Timeout | undefined;

  constructor(caller: AbortSignal, totalMs: number) {
    this.#caller = caller;
    this.#total = setTimeout(() => this.#cut('deadline'), totalMs);
    // A listener of our own, removed in `stop`: AbortSignal.any keeps its dependents alive as long as a long-lived signal lives.
    caller.addEventListener('abort', this.#abort);
    if (caller.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on `ms` may pass until the next phase, or until `progress`. */
  phase(ms: number, fault: Fault): void {
    clearTimeout(this.#phase);
    this.#phase = setTimeout(() => this.#cut(fault), ms);
  }

  /** Starts the running phase over. */
  progress(): void {
    this.#phase?.refresh();
  }

  stop(): void {
    clearTimeout(this.#phase);
    clearTimeout(this.#total);
    this.#caller.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#cut('aborted');

  #cut(fault: Fault): void {
    if (this.fault !== null) return;
    this.fault = fault;
    this.#controller.abort();
  }
}

/** Runs `run` under the deadlines, and takes the watch down after it; a signal that is aborted already starts nothing. */
export async function watched<T>(
  signal: AbortSignal,
  totalMs: number,
  run: (watch: CallWatch) => Promise<T>,
): Promise<T> {
  const watch = new CallWatch(signal, totalMs);
  try {
    if (watch.fault !== null) throw faultError(watch.fault, { sent: false });
    return await run(watch);
  } finally {
    watch.stop();
  }
}

/** The code of an error of Node's or axios': the only part of it that may be kept, as it can hold the key and the prompt. */
export const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : '';
};

/** How long a body may take to end after what we need of it came, so that its connection can be used again. */
const LINGER_MS = 1_000;

/** Lets the rest of a body go by; one that does not end soon loses its connection. */
const letGo = (body: Readable): void => {
  if (body.readableEnded || body.destroyed) return;
  const linger = setTimeout(() => body.destroy(), LINGER_MS).unref();
  body.on('close', () => clearTimeout(linger));
  body.resume();
};

/** Reads that wait for the end of this turn of the event loop. */
const waiting = new Set<() => void>();

/**
 * What comes in one turn is read at its end, of all bodies one after the other: a busy worker needs a tenth less time a job,
 * because the processor still has the code of reading at hand. An idle worker waits for nothing.
 */
function atEndOfTurn(read: () => void): void {
  if (waiting.size === 0) setImmediate(readAll);
  waiting.add(read);
}

function readAll(): void {
  const reads = [...waiting];
  waiting.clear();
  for (const read of reads) read();
}

/**
 * Reads a body as UTF-8, however it was cut, until `take` answers true (true) or it ends (false). Rejects with a ModelError when
 * the connection or a deadline cuts it, and with whatever `take` throws; then its connection is closed, which at many providers
 * also ends the work and the bill.
 */
export function readBody(body: Readable, watch: CallWatch, take: (text: string) => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let settled = false;
    let ended = false;
    let held = '';
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      body.off('data', onData);
      act();
    };
    const fail = (error: unknown): void => {
      body.destroy();
      reject(error);
    };
    const enough = (): void => {
      letGo(body);
      resolve(true);
    };
    const read = (): void => {
      const text = held;
      held = '';
      if (settled) return;
      try {
        if (text !== '' && take(text)) settle(enough);
        else if (ended) settle(() => resolve(false));
      } catch (error) {
        settle(() => fail(error));
      }
    };
    // `close` comes after every end as well, so what it costs is paid only when it comes first. What came before counts.
    const cut = (error?: unknown): void => {
      if (ended) return;
      read();
      settle(() => fail(faultError(watch.fault ?? networkFault(codeOf(error) || 'ECONNRESET'))));
    };
    const onData = (text: string): void => {
      held += text;
      atEndOfTurn(read);
    };
    body.setEncoding('utf8');
    body.on('error', cut);
    body.on('close', cut);
    body.on('end', () => {
      ended = true;
      atEndOfTurn(read);
    });
    body.on('data', onData);
  });
}

/** A whole body, or as much of it as came within `characters`. */
export async function readText(body: Readable, watch: CallWatch, characters: number): Promise<string> {
  let text = '';
  await readBody(body, watch, (part) => {
    text += part;
    return text.length >= characters;
  });
  return text;
}
