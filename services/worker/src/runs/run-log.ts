import type { Card, Usage } from '@flashcards/shared/contract/deck';
import type { Added } from '@flashcards/shared/store/jobs/log';
import type { Run, Store } from '@flashcards/shared/store/jobs/job-store';
import type { DeckProgress } from '../decks/deck-in-progress';
import type { WorkerMetrics } from '../metrics';

/**
 * How long a card waits for others. Cards that come all at once go with the end of their run and cost nothing more.
 */
const GATHER_MS = 50;

/** The cards that one run keeps, in order, on their way to the record's log. */
export class RunLog {
  readonly #cards: Card[] = [];
  #latest: DeckProgress | undefined;
  /** How many of `cards` are known to be in the record's log. */
  #appendedCount = 0;
  #appending = false;
  #closed = false;
  /** When the oldest card that is not in the log was kept. */
  waitsSince = 0;

  readonly #logs: Pick<RunLogs, 'gather' | 'append' | 'lost'>;

  constructor(
    readonly run: Run,
    logs: Pick<RunLogs, 'gather' | 'append' | 'lost'>,
  ) {
    this.#logs = logs;
  }

  /** A card was kept. */
  add(card: Card, progress: DeckProgress): void {
    this.#latest = progress;
    this.#cards.push(card);
    if (!this.#appending && this.#cards.length === this.#appendedCount + 1) this.#wait();
  }

  /** The run has ended: what is left goes with its end, and late answers mean nothing. */
  close(): void {
    this.#closed = true;
    this.#logs.gather.delete(this);
  }

  /** The cards that are not known to be in the log. */
  rest(): Added | null {
    if (!this.#latest || this.#appendedCount === this.#cards.length) return null;
    const { draft: making } = this.#latest;
    return {
      from: this.run.kept.length + this.#appendedCount,
      cards: this.#cards.slice(this.#appendedCount),
      draft: making,
    };
  }

  /** Appends what is there, one call at a time. Cards that come meanwhile go with the next call. */
  async append(): Promise<void> {
    const added = this.rest();
    if (!added || !this.#latest) return;
    this.#appending = true;
    try {
      const holds = await this.#logs.append(this.run, this.#latest.usage, added);
      if (holds) this.#appendedCount = added.from - this.run.kept.length + added.cards.length;
      else if (!this.#closed) this.#logs.lost(this.run);
    } catch {
      // Redis was away: they are appended again, or go with the end.
    }
    this.#appending = false;
    if (!this.#closed && this.#appendedCount < this.#cards.length) this.#wait();
  }

  #wait(): void {
    this.waitsSince = performance.now();
    this.#logs.gather.add(this);
  }
}

export interface RunLogParts {
  readonly store: Pick<Store, 'append'>;
  readonly metrics: Pick<WorkerMetrics, 'eventsAppended'>;
  /** The record says that this run does not hold its job any more. */
  readonly lost: (run: Run) => void;
}

/** The logs of all runs of a process. One timer serves them all, and only while a card waits. */
export class RunLogs {
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<RunLog>();
  readonly gather = {
    add: (log: RunLog): void => {
      this.#waiting.add(log);
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#tick(), GATHER_MS);
    },
    delete: (log: RunLog): boolean => this.#waiting.delete(log),
  };

  readonly #parts: RunLogParts;

  constructor(parts: RunLogParts) {
    this.#parts = parts;
  }

  open(run: Run): RunLog {
    return new RunLog(run, this);
  }

  async append(run: Run, usage: Usage, added: Added): Promise<boolean> {
    const holds = await this.#parts.store.append(run, usage, added);
    if (holds) {
      this.#parts.metrics.eventsAppended.labels('card').inc(added.cards.length);
      this.#parts.metrics.eventsAppended.labels('progress').inc();
    }
    return holds;
  }

  lost(run: Run): void {
    this.#parts.lost(run);
  }

  #tick(): void {
    this.#timer = undefined;
    const due = performance.now() - GATHER_MS + 1;
    for (const log of [...this.#waiting]) {
      if (log.waitsSince > due) continue;
      this.#waiting.delete(log);
      void log.append();
    }
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#tick(), GATHER_MS);
  }
}
