import type { Redis } from 'ioredis';

/** What to listen to for the end of job `id` and nothing before it. */
export const endOf = (id: string): string => `${id}!`;

/**
 * One subscription a process, however many listen. A ring is only a hint to read again: whoever misses one, because
 * the connection was lost, is rung when it is back.
 */
export class Bell {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly backs: (() => void)[] = [];
  private readonly hearers: ((id: string) => void)[] = [];

  constructor(
    private readonly redis: Redis,
    channel: string,
  ) {
    redis.on('message', (from: string, ids: string) => {
      if (from === channel) for (const id of ids.split(' ')) this.ring(id);
    });
    redis.on('ready', () => this.back());
    redis.subscribe(channel).catch(() => undefined); // ioredis subscribes again by itself once it is connected
  }

  /** Calls `listener` whenever something happened to `id`; returns how to stop. */
  on(id: string, listener: () => void): () => void {
    const set = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(id) === set) this.listeners.delete(id);
    };
  }

  /** Calls `listener` with every id that is rung. */
  onAny(listener: (id: string) => void): void {
    this.hearers.push(listener);
  }

  /** Calls `listener` whenever rings may have been missed. */
  onBack(listener: () => void): void {
    this.backs.push(listener);
  }

  close(): void {
    this.redis.disconnect();
  }

  private ring(id: string): void {
    for (const listener of this.hearers) listener(id);
    for (const listener of [...(this.listeners.get(id) ?? [])]) listener();
  }

  private back(): void {
    for (const listener of this.backs) listener();
    this.ringAll();
  }

  /** Has everyone read again. */
  ringAll(): void {
    for (const id of [...this.listeners.keys()]) this.ring(id);
  }
}
