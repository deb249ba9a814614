import { oneAtATime } from '@flashcards/shared/runtime/time';
import type { Store } from '@flashcards/shared/store/store';

const ANNOUNCE_MILLISECONDS = 3_000;
const ANNOUNCED_SECONDS = 10;
const STUCK_MILLISECONDS = 20_000;

/**
 * Tells the fleet that this worker has slots, and watches that it makes progress: a connection alone proves nothing,
 * because a worker can be connected and never take a job again.
 */
export class Presence {
  private timer: NodeJS.Timeout | undefined;
  private lastAnswer = 0;
  private lastMove = Date.now();

  constructor(
    private readonly store: Store,
    private readonly worker: { readonly id: string; readonly slots: number },
    private readonly running: () => number,
  ) {}

  async start(): Promise<void> {
    await this.announce();
    const again = oneAtATime(() => this.announce().catch(() => undefined));
    this.timer = setInterval(again, ANNOUNCE_MILLISECONDS);
  }

  /** A job was taken or ended: the loop works. */
  moved(): void {
    this.lastMove = Date.now();
  }

  /** Redis answered lately, and nothing waits that this worker has a slot for and does not take. */
  isReady(): boolean {
    const now = Date.now();
    return now - this.lastAnswer < ANNOUNCED_SECONDS * 1_000 && now - this.lastMove < STUCK_MILLISECONDS;
  }

  async leave(): Promise<void> {
    clearInterval(this.timer);
    await this.store.announce(this.worker.id, this.worker.slots, 0).catch(() => undefined);
  }

  private async announce(): Promise<void> {
    const { id, slots } = this.worker;
    const waiting = await this.store.announce(id, slots, ANNOUNCED_SECONDS);
    this.lastAnswer = Date.now();
    if (waiting === 0 || this.running() >= slots) this.moved();
  }
}
