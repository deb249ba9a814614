import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { AllowanceParts } from '../model/allowance';
import type { Generated } from '../decks/generate';
import type { WorkerMetrics } from '../metrics';
import type { RunLog } from '../runs/run-log';
import { IsolatedProcess } from './isolated-process';
import { processOf } from './process-of';
import type { Metric } from './messages';

/** Processes for suspects at once in one worker, some 60 MB each; who finds no room waits for it. */
const MAX_PROCESSES = 4;
/** An empty cell is kept for the next suspect, which so saves the start of a process. */
const IDLE_MS = 3_000;

/** Runs suspects, jobs whose worker crashed, apart from those that are none. */
export class Quarantine {
  readonly #processes = new Map<string, IsolatedProcess>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  readonly #metrics: WorkerMetrics;
  readonly #extend: AllowanceParts['extend'];

  constructor(metrics: WorkerMetrics, extend: AllowanceParts['extend']) {
    this.#metrics = metrics;
    this.#extend = extend;
  }

  /** As the processor does; @throws CellCrashed when the process that the run was in ended. */
  work = async (run: Run, log: RunLog, signal: AbortSignal): Promise<Generated> => {
    const key = processOf(run.id, run.recoveries);
    while (!signal.aborted && !this.#closed) {
      const process = this.#processes.get(key) ?? this.#open(key);
      if (process) return process.work(run, log, signal);
      await this.#space(signal);
    }
    throw signal.reason as Error;
  };

  close(): void {
    this.#closed = true;
    for (const process of this.#processes.values()) process.kill();
    this.#wake();
  }

  #open(key: string): IsolatedProcess | undefined {
    if (this.#processes.size >= MAX_PROCESSES) {
      const [idleKey, idle] = [...this.#processes].find(([, { size }]) => size === 0) ?? [];
      if (!idle) return undefined;
      this.#drop(idleKey as string, idle);
    }
    const process: IsolatedProcess = new IsolatedProcess({
      metric: (metric) => this.#count(metric),
      extend: this.#extend,
      less: () => this.#rest(key, process),
      end: () => this.#forget(key, process),
    });
    this.#processes.set(key, process);
    return process;
  }

  #rest(key: string, process: IsolatedProcess): void {
    if (process.size > 0) return;
    this.#wake();
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
    this.#wake();
  }

  #wake(): void {
    for (const go of [...this.#waiting]) go();
  }

  #space(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }

  #count({ name, labels, change, value, trace }: Metric): void {
    const metric = this.#metrics[name as keyof WorkerMetrics] as unknown as Changing;
    const child = labels.length > 0 ? metric.labels(...labels) : metric;
    child[change](value, trace);
  }
}

/** What counters and histograms have in common, as far as a cell uses them. */
export interface Changing {
  labels(...labels: string[]): Changing;
  inc(value: number): void;
  observe(value: number, trace?: string): void;
}
