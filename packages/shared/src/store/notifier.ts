import type { Redis } from 'ioredis';

/** What to listen to for the end of job `id` and nothing before it. */
export const endOf = (id: string): string => `${id}!`;

/**
 * One subscription a process, however many listen. A message is only a hint to read again. Listeners that may have missed
 * one, because the connection was lost, are called when it is back.
 */
export class Notifier {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #reconnectListeners: (() => void)[] = [];
  readonly #anyListeners: ((id: string) => void)[] = [];

  readonly #redis: Redis;

  constructor(redis: Redis, channel: string) {
    this.#redis = redis;
    redis.on('message', (from: string, ids: string) => {
      if (from === channel) for (const id of ids.split(' ')) this.#wake(id);
    });
    redis.on('ready', () => this.#reconnected());
    redis.subscribe(channel).catch(() => undefined); // ioredis subscribes again by itself once it is connected
  }

  /** Calls `listener` whenever something happened to `id`; returns how to stop. */
  subscribe(id: string, listener: () => void): () => void {
    const set = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#listeners.get(id) === set) this.#listeners.delete(id);
    };
  }

  /** Calls `listener` with every id that is published. */
  subscribeAll(listener: (id: string) => void): void {
    this.#anyListeners.push(listener);
  }

  /** Calls `listener` whenever messages may have been missed. */
  onReconnect(listener: () => void): void {
    this.#reconnectListeners.push(listener);
  }

  close(): void {
    this.#redis.disconnect();
  }

  #wake(id: string): void {
    for (const listener of this.#anyListeners) listener(id);
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener();
  }

  #reconnected(): void {
    for (const listener of this.#reconnectListeners) listener();
    this.wakeAll();
  }

  /** Has everyone read again. */
  wakeAll(): void {
    for (const id of [...this.#listeners.keys()]) this.#wake(id);
  }
}
