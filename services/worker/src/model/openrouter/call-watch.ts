import { faultError, type Fault } from './faults';

/**
 * The deadlines of one call and its caller's signal, in wall-clock time. A library's idle timer bounds nothing: every
 * comment and every blank resets it. Whatever comes first aborts `signal` and stays in `fault`.
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
    // A listener of our own, removed in `stop`: AbortSignal.any keeps its dependents alive as long as a long-lived
    // signal lives.
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

/** Calls `run` under the deadlines, and stops them after it. A signal that is aborted already starts nothing. */
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
