import type { Page } from '@flashcards/shared/store/jobs/log';
import type { Notifier } from '@flashcards/shared/store/notifier';
import type { ApiMetrics } from '../operations/metrics';
import { type Outlet, SSE_HEARTBEAT, SSE_START, type Stream, sseOf } from '../http/sse';

const TICK_MS = 1_000;
/** A comment after this long without an event; then the log is also read again, for a notification that was missed. */
const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for this long loses its connection: it comes again from its last number. */
const SLOW_MS = 30_000;
/** The key that opened a stream is asked about again after this long, and before anything more when it changed. */
const JUDGED_MS = 15_000;

/** Why a stream ended: a closed set, for metrics. */
type Ending = 'done' | 'hung_up' | 'slow' | 'gone' | 'draining' | 'key_ended';

export interface ListenersParts {
  readonly notifier: Pick<Notifier, 'subscribe'>;
  /** A page of a job's log after a number; null when the job is not there any more. */
  readonly read: (id: string, tenant: string, after: number) => Promise<Page | null>;
  /** Whether the caller who opened a stream may still see it. */
  readonly isGood: (job: Followed) => boolean | Promise<boolean>;
  readonly metrics: Pick<ApiMetrics, 'streamsEnded'>;
  readonly max: number;
}

/** A job, and who wants to follow it. */
export interface Followed {
  readonly id: string;
  readonly tenant: string;
  /** The id of the key that opened the stream. */
  readonly actor: string;
}

interface Lines {
  readonly texts: readonly { readonly number: number; readonly text: string }[];
  readonly complete: boolean;
  readonly more: boolean;
  readonly channel: string;
}

/**
 * Everyone who follows a job at this replica. They share one subscription and one timer; those who wake at once for the
 * same events share the read and its text. A listener holds a connection and a number: what a slow one did not take
 * stays in Redis.
 */
export class Listeners {
  readonly #all = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  readonly #reads = new Map<string, Promise<Lines | null>>();
  draining = false;

  constructor(readonly parts: ListenersParts) {}

  get count(): number {
    return this.#all.size;
  }

  get full(): boolean {
    return this.#all.size >= this.parts.max;
  }

  /** A stream of a job's events after number `after`. */
  stream(job: Followed, after: number): Stream {
    return (outlet) => {
      const listener = new Listener(this, job, after, outlet);
      this.#all.add(listener);
      this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
      listener.start();
      if (this.draining) listener.end('draining');
    };
  }

  /** Ends every stream: its client resumes at another replica. */
  drain(): void {
    this.draining = true;
    for (const listener of [...this.#all]) listener.end('draining');
  }

  /** Something about this key, or with '' about any, is not as it was. */
  keyChanged(actor: string): void {
    for (const listener of this.#all) if (actor === '' || listener.job.actor === actor) listener.judgeSoon();
  }

  left(listener: Listener, why: Ending): void {
    if (!this.#all.delete(listener)) return;
    this.parts.metrics.streamsEnded.labels(why).inc();
    if (this.#all.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Those who ask in the same turn share one read: a later turn may need to see more. */
  read(id: string, tenant: string, after: number): Promise<Lines | null> {
    const key = `${id} ${tenant} ${after}`;
    const known = this.#reads.get(key);
    if (known) return known;
    if (this.#reads.size === 0) queueMicrotask(() => this.#reads.clear());
    const reading = this.parts.read(id, tenant, after).then((page) => page && linesOf(page));
    this.#reads.set(key, reading);
    return reading;
  }

  #tick(): void {
    const now = performance.now();
    for (const listener of [...this.#all]) listener.tick(now);
  }
}

const linesOf = ({ events, complete, more, channel }: Page): Lines => ({
  texts: events.map((one) => ({ number: one.number, text: sseOf(one) })),
  complete,
  more,
  channel,
});

class Listener {
  #offs: (() => void)[] = [];
  #channel: string;
  #reading = false;
  /** A notification came while it read. */
  #again = false;
  #fullSince: number | undefined;
  #quietSince = performance.now();
  #judgedAt = performance.now();
  /** Changes of its key that were heard of, and up to which of them it was judged. */
  #changes = 0;
  #judgedUpTo = 0;
  #closed = false;

  readonly #listeners: Listeners;
  #after: number;
  readonly #outlet: Outlet;

  constructor(
    listeners: Listeners,
    readonly job: Followed,
    after: number,
    outlet: Outlet,
  ) {
    this.#listeners = listeners;
    this.#after = after;
    this.#outlet = outlet;
    this.#channel = job.id;
  }

  start(): void {
    this.#outlet.onClosed(() => this.end('hung_up'));
    this.#outlet.onDrain(() => {
      this.#fullSince = undefined;
      this.wake();
    });
    this.#listen(this.job.id);
    this.#write(SSE_START);
    this.wake();
  }

  wake(): void {
    this.#again = true;
    if (!this.#reading && !this.#closed && this.#fullSince === undefined) void this.#pump();
  }

  judgeSoon(): void {
    this.#changes += 1;
  }

  get #isDoubtful(): boolean {
    return this.#judgedUpTo !== this.#changes;
  }

  tick(now: number): void {
    if (this.#isDoubtful || now - this.#judgedAt >= JUDGED_MS) void this.#judge(now);
    if (this.#closed) return;
    if (this.#fullSince !== undefined) {
      if (now - this.#fullSince > SLOW_MS) this.end('slow');
    } else if (now - this.#quietSince >= HEARTBEAT_MS) {
      this.#write(SSE_HEARTBEAT);
      this.wake();
    } else if (this.#again) {
      this.wake(); // the last read failed
    }
  }

  end(why: Ending): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const off of this.#offs) off();
    if (why === 'slow') this.#outlet.destroy();
    else this.#outlet.end();
    this.#listeners.left(this, why);
  }

  /** Where it cannot be known, the stream stays: without Redis it shows nothing new. */
  async #judge(now: number): Promise<void> {
    const change = this.#changes;
    this.#judgedAt = now;
    try {
      if (!(await this.#listeners.parts.isGood(this.job))) return this.end('key_ended');
      this.#judgedUpTo = change;
    } catch {
      // Asked again at its time.
    }
  }

  #listen(id: string): void {
    this.#offs.push(this.#listeners.parts.notifier.subscribe(id, () => this.wake()));
  }

  async #pump(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#again && !this.#closed && this.#fullSince === undefined) {
        if (this.#isDoubtful) await this.#judge(performance.now());
        if (this.#isDoubtful) break; // the next tick asks again
        this.#again = false;
        const lines = await this.#listeners.read(this.job.id, this.job.tenant, this.#after);
        if (lines) this.#take(lines);
        else this.end('gone');
      }
    } catch {
      this.#again = true; // Redis is away: the next tick tries again
    } finally {
      this.#reading = false;
    }
  }

  #take({ texts, complete, more, channel }: Lines): void {
    for (const { number, text } of texts) {
      if (this.#closed) return;
      this.#after = number;
      if (!this.#write(text)) {
        this.#again = true;
        break;
      }
    }
    if (complete && this.#after >= (texts.at(-1)?.number ?? 0)) return this.end('done');
    if (channel !== this.#channel) {
      // What was published before it subscribed is read once more.
      this.#channel = channel;
      if (channel !== this.job.id) this.#listen(channel);
      this.#again = true;
    }
    if (more) this.#again = true;
  }

  #write(text: string): boolean {
    const now = performance.now();
    this.#quietSince = now;
    if (this.#outlet.write(text)) return true;
    this.#fullSince ??= now;
    return false;
  }
}
