import { isTerminal } from '@flashcards/shared/contract/job';
import { leaderOf, sequence, statusOf } from '@flashcards/shared/store/jobs/record';
import { type Notifier, endOf } from '@flashcards/shared/store/notifier';
import type { Reader, Reading } from './reading';

/** Redis is read again after this long, for a message that was lost. */
const REREAD_MS = 5_000;

/** Holds reads of jobs until something happened to them. */
export class Waiting {
  #draining = false;

  readonly #reader: Reader;
  readonly #notifier: Notifier;

  constructor(reader: Reader, notifier: Notifier) {
    this.#reader = reader;
    this.#notifier = notifier;
  }

  /**
   * Waits until the job has an event after number `after`, or without `after` until the job ends. It stops early when
   * `seconds` have passed, the client hangs up, or this replica drains. Then it reads the job as it is.
   */
  async wait(id: string, tenant: string, seconds: number, hungUp: AbortSignal, after?: number): Promise<Reading> {
    const until = Date.now() + seconds * 1_000;
    // A deck publishes each card: a client that waits only for the end reads none of them.
    const channels = new Set([after === undefined ? endOf(id) : id]);
    for (;;) {
      const event = this.#nextEvent([...channels], Math.min(until - Date.now(), REREAD_MS), hungUp);
      try {
        const found = await this.#reader.find(id, tenant);
        const { fields } = found;
        const enough = isTerminal(statusOf(fields)) || (after !== undefined && sequence(fields) !== after);
        if (enough || Date.now() >= until || hungUp.aborted || this.#draining) return this.#reader.view(id, found);
        // The events of a follower are its leader's; its end is its own.
        const leader = after === undefined ? undefined : leaderOf(fields);
        if (leader === undefined || channels.has(leader)) await event.happened;
        else channels.add(leader);
      } finally {
        event.stop();
      }
    }
  }

  /** Lets everyone who waits go with what there is. */
  drain(): void {
    this.#draining = true;
    this.#notifier.wakeAll();
  }

  #nextEvent(ids: readonly string[], ms: number, hungUp: AbortSignal) {
    const { promise: happened, resolve } = withResolver();
    const offs = ids.map((id) => this.#notifier.subscribe(id, resolve));
    const timer = setTimeout(resolve, Math.max(ms, 0));
    hungUp.addEventListener('abort', resolve, { once: true });
    const stop = (): void => {
      for (const off of offs) off();
      clearTimeout(timer);
      hungUp.removeEventListener('abort', resolve);
    };
    return { happened, stop };
  }
}

/** `Promise.withResolvers` came with Node 22. */
function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
