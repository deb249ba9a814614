import { EventEmitter, once } from 'node:events';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { asError } from '@flashcards/shared/runtime/time';
import type { Generated } from '../decks/generate';
import type { RunLog } from '../runs/run-log';
import { IsolatedProcess, type IsolatedProcessEvents } from './isolated-process';
import { processOf } from './process-of';

/** Isolated processes at once in one worker, some 70 MB each. A run that finds none free waits. */
const MAX_PROCESSES = 4;
/** An empty process is kept for the next run, which saves a start. */
const IDLE_MS = 3_000;

/** Runs jobs whose worker crashed, apart from all others. */
export class Quarantine {
  readonly #processes = new Map<string, IsolatedProcess>();
  /** Emits `free` when a waiting run may find a process. */
  readonly #space = new EventEmitter().setMaxListeners(0);
  #closed = false;

  readonly #on: Pick<IsolatedProcessEvents, 'count' | 'extend'>;

  constructor(on: Pick<IsolatedProcessEvents, 'count' | 'extend'>) {
    this.#on = on;
  }

  /** As the processor does; @throws IsolatedProcessCrashed when the process that the run was in ended. */
  work = async (run: Run, log: RunLog, signal: AbortSignal): Promise<Generated> => {
    const key = processOf(run.id, run.recoveries);
    while (!signal.aborted && !this.#closed) {
      const process = this.#processes.get(key) ?? this.#open(key);
      if (process) return process.work(run, log, signal);
      await once(this.#space, 'free', { signal }).catch(() => undefined);
    }
    throw asError(signal.reason);
  };

  close(): void {
    this.#closed = true;
    for (const process of this.#processes.values()) process.kill();
    this.#space.emit('free');
  }

  #open(key: string): IsolatedProcess | undefined {
    if (this.#processes.size >= MAX_PROCESSES && !this.#dropIdle()) return undefined;
    const process: IsolatedProcess = new IsolatedProcess({
      ...this.#on,
      less: () => this.#rest(key, process),
      end: () => this.#forget(key, process),
    });
    this.#processes.set(key, process);
    return process;
  }

  #dropIdle(): boolean {
    for (const [key, process] of this.#processes) {
      if (process.size > 0) continue;
      this.#drop(key, process);
      return true;
    }
    return false;
  }

  #rest(key: string, process: IsolatedProcess): void {
    if (process.size > 0) return;
    this.#space.emit('free');
    setTimeout(() => {
      if (process.size === 0) this.#drop(key, process);
    }, IDLE_MS).unref();
  }

  #drop(key: string, process: IsolatedProcess): void {
    this.#forget(key, process);
    process.kill();
  }

  #forget(key: string, process: IsolatedProcess): void {
    if (this.#processes.get(key) === process) this.#processes.delete(key);
    this.#space.emit('free');
  }
}
