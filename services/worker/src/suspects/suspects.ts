import type { Run } from '@flashcards/shared/store/store';
import type { AllowanceParts } from '../allowance';
import type { Generated } from '../generate';
import type { WorkerMetrics } from '../metrics';
import type { RunLog } from '../run-log';
import { Cell } from './cell';
import { cellOf } from './cell-of';
import type { Metric } from './messages';

/** Processes for suspects at once in one worker, some 60 MB each; who finds no room waits for it. */
const MOST_CELLS = 4;
/** An empty cell is kept for the next suspect, which so saves the start of a process. */
const IDLE_MILLISECONDS = 3_000;

/** Runs suspects, jobs whose worker crashed, apart from those that are none. */
export class Suspects {
  private readonly cells = new Map<string, Cell>();
  private readonly waiting = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly metrics: WorkerMetrics,
    private readonly extend: AllowanceParts['extend'],
  ) {}

  /** As the processor does; @throws CellCrashed when the process that the run was in ended. */
  work = async (run: Run, log: RunLog, signal: AbortSignal): Promise<Generated> => {
    const key = cellOf(run.id, run.recoveries);
    while (!signal.aborted && !this.closed) {
      const cell = this.cells.get(key) ?? this.open(key);
      if (cell) return cell.work(run, log, signal);
      await this.room(signal);
    }
    throw signal.reason as Error;
  };

  close(): void {
    this.closed = true;
    for (const cell of this.cells.values()) cell.kill();
    this.wake();
  }

  private open(key: string): Cell | undefined {
    if (this.cells.size >= MOST_CELLS) {
      const [idleKey, idle] = [...this.cells].find(([, { size }]) => size === 0) ?? [];
      if (!idle) return undefined;
      this.drop(idleKey as string, idle);
    }
    const cell: Cell = new Cell({
      metric: (metric) => this.count(metric),
      extend: this.extend,
      less: () => this.rest(key, cell),
      end: () => this.forget(key, cell),
    });
    this.cells.set(key, cell);
    return cell;
  }

  private rest(key: string, cell: Cell): void {
    if (cell.size > 0) return;
    this.wake();
    setTimeout(() => {
      if (cell.size === 0) this.drop(key, cell);
    }, IDLE_MILLISECONDS).unref();
  }

  private drop(key: string, cell: Cell): void {
    this.forget(key, cell);
    cell.kill();
  }

  private forget(key: string, cell: Cell): void {
    if (this.cells.get(key) === cell) this.cells.delete(key);
    this.wake();
  }

  private wake(): void {
    for (const go of [...this.waiting]) go();
  }

  private room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }

  private count({ name, labels, change, value, trace }: Metric): void {
    const metric = this.metrics[name as keyof WorkerMetrics] as unknown as Changing;
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
