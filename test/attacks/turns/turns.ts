import { join } from 'node:path';
import { eventually } from '../../harness/eventually';
import type { Service } from '../../harness/stack/pair';

/** An input fails where each of three runs holds the event loop longer. */
const MAX_TURN_MS = 50;
/** An ordinary input of the same size stays below this, or the size is what takes the time. */
const ORDINARY_TURN_MS = 10;
/** Where an ordinary input takes longer than that, a hostile one must not take so many times as long. */
const MAX_TIMES = 5;
const RUNS = 3;
const SHOWN = 20;

/** For the settings of services whose turns are measured. */
export const MEASURED = {
  NODE_OPTIONS: `--require=${join(__dirname, '../../harness/preload/longest-turn.cjs')}`,
  // Each is to be read, whatever became of those before it.
  REFUSED_PER_MINUTE: 0,
};

/** Milliseconds that the longest turn of a service took since it was asked last. */
async function longestTurn(service: Service): Promise<number> {
  const before = service.events('turns.measured').length;
  service.signal('SIGUSR2');
  const line = await eventually(() => {
    const found = service.events('turns.measured')[before];
    if (!found) throw new Error('the service has not said how long its turns take');
    return found;
  }, 120_000);
  return Number(line['longest_ms']);
}

export interface Trial {
  /** Sends the hostile input; `run` makes it another one, so that nothing is cached. */
  readonly hostile: (run: number) => Promise<unknown>;
  /** Sends an ordinary input of the same size. */
  readonly ordinary: (run: number) => Promise<unknown>;
}

interface Row {
  readonly input: string;
  readonly ms: number;
  readonly ordinaryMs: number | undefined;
}

/** Judges inputs by the turns of one service, and remembers their figures. */
export class Judge {
  readonly #rows: Row[] = [];
  #run = 0;

  readonly #service: () => Service;

  constructor(service: () => Service) {
    this.#service = service;
  }

  /** Throws for an input that holds the event loop in each of its runs, as no ordinary input of its size does. */
  async judge(input: string, { hostile, ordinary }: Trial): Promise<void> {
    const ms = await this.#least(hostile, MAX_TURN_MS);
    const ordinaryMs = ms > MAX_TURN_MS ? await this.#least(ordinary, ORDINARY_TURN_MS) : undefined;
    this.#rows.push({ input, ms, ordinaryMs });
    if (ordinaryMs !== undefined && (ordinaryMs < ORDINARY_TURN_MS || ms > MAX_TIMES * ordinaryMs))
      throw new Error(
        `holds the event loop for ${ms.toFixed(0)} ms; an ordinary one does for ${ordinaryMs.toFixed(1)}`,
      );
  }

  /** Judges all of some inputs, and throws for those that fail. */
  async judgeAll(trials: Iterable<readonly [input: string, trial: Trial]>): Promise<void> {
    const faults: string[] = [];
    for (const [input, trial] of trials)
      await this.judge(input, trial).catch((fault: Error) => faults.push(`${input} ${fault.message}`));
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  /** The shortest of the longest turns of some runs; one that is short enough is the last. */
  async #least(send: (run: number) => Promise<unknown>, enoughMs: number): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < RUNS && least > enoughMs; i += 1) {
      await longestTurn(this.#service());
      this.#run += 1;
      await send(this.#run);
      least = Math.min(least, await longestTurn(this.#service()));
    }
    return least;
  }

  /** The figures of the longest turns. */
  report(what: string): string {
    const rows = this.#rows.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN).map(({ input, ms, ordinaryMs }) => {
      const beside = ordinaryMs === undefined ? '' : `  (ordinary: ${ordinaryMs.toFixed(1)} ms)`;
      return `${ms.toFixed(1).padStart(9)} ms  ${input}${beside}`;
    }); // prettier-ignore
    return `\nLongest turns of ${what}, of ${this.#rows.length} inputs:\n${rows.join('\n')}\n`;
  }
}
