import { oneAtATime } from '@flashcards/shared/runtime/time';
import type { Store } from '@flashcards/shared/store/jobs/job-store';

const ANNOUNCE_MS = 3_000;
const ANNOUNCED_SECONDS = 10;
const STUCK_MS = 20_000;

/**
 * Announces to the fleet that this worker has slots, and watches that it makes progress. A connection alone proves
 * nothing: a connected worker may never take a job again.
 */
export class Heartbeat {
  #timer: NodeJS.Timeout | undefined;
  #lastAnswer = 0;
  #lastMove = Date.now();

  readonly #store: Store;
  readonly #worker: { readonly id: string; readonly slots: number };
  readonly #running: () => number;

  constructor(store: Store, worker: { readonly id: string; readonly slots: number }, running: () => number) {
    this.#store = store;
    this.#worker = worker;
    this.#running = running;
  }

  async start(): Promise<void> {
    await this.#announce();
    const again = oneAtATime(() => this.#announce().catch(() => undefined));
    this.#timer = setInterval(again, ANNOUNCE_MS);
  }

  /** A job was taken or ended: the loop works. */
  moved(): void {
    this.#lastMove = Date.now();
  }

  /** Redis answered recently, and no job waits that this worker has a slot for and does not take. */
  isReady(): boolean {
    const now = Date.now();
    return now - this.#lastAnswer < ANNOUNCED_SECONDS * 1_000 && now - this.#lastMove < STUCK_MS;
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#store.announce(this.#worker.id, this.#worker.slots, 0).catch(() => undefined);
  }

  async #announce(): Promise<void> {
    const { id, slots } = this.#worker;
    const waiting = await this.#store.announce(id, slots, ANNOUNCED_SECONDS);
    this.#lastAnswer = Date.now();
    if (waiting === 0 || this.#running() >= slots) this.moved();
  }
}
