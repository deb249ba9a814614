import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { Count } from '../counts';
import type { AllowanceParts } from '../model/allowance';
import type { Generated } from '../decks/generate';
import type { RunLog } from '../runs/run-log';
import { type FromIsolatedProcess, type ToIsolatedProcess, unpackFailure } from './messages';

/** The process of a run ended; `alone`: no other run was in it since this one began. */
export class IsolatedProcessCrashed extends Error {
  constructor(
    readonly alone: boolean,
    /** Its exit code, or the signal. SIGALRM is from its watchdog. */
    readonly exit: string,
  ) {
    super(`The process of the run ended: ${exit}.`);
  }
}

interface Inmate {
  readonly run: Run;
  alone: boolean;
  readonly log: RunLog;
  readonly resolve: (generated: Generated) => void;
  readonly reject: (error: Error) => void;
}

export interface IsolatedProcessEvents {
  readonly count: (count: Count) => void;
  /** Asks for more of a tenant's budget. */
  readonly extend: AllowanceParts['extend'];
  /** A run left it. */
  less(): void;
  /** It is gone. */
  end(): void;
}

/** A run that has not ended this long after a stop is blocked, and so is its process. */
const STOP_MS = 2_000;
const ENTRY = join(__dirname, 'isolated-main.js');

/** A process for jobs whose worker crashed: when it ends, only the runs in it end with it. */
export class IsolatedProcess {
  readonly #child: ChildProcess;
  readonly #inmates = new Map<string, Inmate>();

  readonly #on: IsolatedProcessEvents;

  constructor(on: IsolatedProcessEvents, entry = ENTRY) {
    this.#on = on;
    this.#child = fork(entry, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#child.on('message', (message: FromIsolatedProcess) => this.#receive(message));
    this.#child.once('exit', (code, signal) => this.#gone(signal ?? `exit code ${code}`));
    this.#child.once('error', (error) => this.#gone(error.message));
  }

  get size(): number {
    return this.#inmates.size;
  }

  work(run: Run, log: RunLog, signal: AbortSignal): Promise<Generated> {
    const alone = this.size === 0;
    for (const inmate of this.#inmates.values()) inmate.alone = false;
    let blocked: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#send({ kind: 'stop', id: run.id });
      blocked = setTimeout(() => this.kill(), STOP_MS);
    };
    const working = new Promise<Generated>((resolve, reject) => {
      this.#inmates.set(run.id, { run, alone, log, resolve, reject });
    });
    this.#send({ kind: 'run', run });
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    return working.finally(() => {
      clearTimeout(blocked);
      signal.removeEventListener('abort', stop);
    });
  }

  /** Ends it, and the runs in it crash. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToIsolatedProcess): void {
    // A child that is gone says so by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: FromIsolatedProcess): void {
    if (message.kind === 'count') return this.#on.count(message.count);
    const inmate = this.#inmates.get(message.id);
    if (!inmate) return;
    if (message.kind === 'card') return inmate.log.add(message.card, message.progress);
    if (message.kind === 'extend') return void this.#extend(inmate.run, message);
    this.#inmates.delete(message.id);
    if (message.kind === 'done') inmate.resolve(message.generated);
    else inmate.reject(unpackFailure(message.failure));
    this.#on.less();
  }

  async #extend(run: Run, { question, more }: Extract<FromIsolatedProcess, { kind: 'extend' }>): Promise<void> {
    const granted = await this.#on.extend(run, more).catch(() => false);
    this.#send({ kind: 'extended', question, granted });
  }

  #gone(exit: string): void {
    this.#on.end();
    for (const { alone, reject } of this.#inmates.values()) reject(new IsolatedProcessCrashed(alone, exit));
    this.#inmates.clear();
  }
}
