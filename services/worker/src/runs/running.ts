/** Work was stopped from outside. */
export class Stopped extends Error {
  constructor(readonly why: 'canceled' | 'deadline' | 'drain' | 'lost') {
    super(`The work was stopped: ${why}.`);
  }
}

interface Held<Taken> {
  readonly taken: Taken;
  readonly stop: AbortController;
}

/** The work that runs in this process, by the id of its job. All of it can be stopped. */
export class Running<Taken> {
  readonly #held = new Map<string, Held<Taken>>();
  #stopped: Stopped | undefined;

  get size(): number {
    return this.#held.size;
  }

  /** Does `work`, which can be stopped until it has ended. */
  async hold<Outcome>(
    id: string,
    taken: Taken,
    work: (taken: Taken, stop: AbortController) => Promise<Outcome>,
  ): Promise<Outcome> {
    const held = { taken, stop: new AbortController() };
    this.#held.set(id, held);
    if (this.#stopped) held.stop.abort(this.#stopped);
    try {
      return await work(taken, held.stop);
    } finally {
      // A job that was lost may have come back to this process already.
      if (this.#held.get(id) === held) this.#held.delete(id);
    }
  }

  stop(id: string, why: Stopped['why']): void {
    this.#held.get(id)?.stop.abort(new Stopped(why));
  }

  /** Stops all that runs, and whatever was being taken meanwhile. */
  stopAll(why: Stopped['why']): void {
    this.#stopped = new Stopped(why);
    for (const { stop } of this.#held.values()) stop.abort(this.#stopped);
  }

  /** Stops as canceled what the record no longer gives to this process: a cancel may have been missed. */
  async verify(holds: (taken: Taken) => Promise<boolean>): Promise<void> {
    for (const { taken, stop } of [...this.#held.values()])
      if (!(await holds(taken))) stop.abort(new Stopped('canceled'));
  }
}
