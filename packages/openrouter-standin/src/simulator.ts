import { defaultConfig } from './config';
import type { Config } from './config';
import { Ledger } from './ledger';
import { hash32, seeded } from './seeded';

/** A scenario that waits in the script for the next call (of a model, if one is named). */
export interface Scripted {
  readonly scenario: string;
  readonly model: string | null;
}

/** Everything that one running stand-in remembers. */
export class Simulator {
  readonly config: Config;
  readonly script: Scripted[] = [];
  /** Calls so far by key, model and scenario: what `times=` counts. */
  readonly timesUsed = new Map<string, number>();
  ledger: Ledger;
  random: () => number;

  readonly #given: Partial<Config>;

  constructor(
    readonly seed: string,
    given: Partial<Config>,
  ) {
    this.#given = given;
    this.config = { ...defaultConfig(), ...given };
    this.ledger = this.#newLedger();
    this.random = seeded(seed);
  }

  /** As new: empty script and ledger, first configuration, same random numbers again. */
  reset(): void {
    Object.assign(this.config, defaultConfig(), this.#given);
    this.script.length = 0;
    this.timesUsed.clear();
    this.ledger = this.#newLedger();
    this.random = seeded(this.seed);
  }

  #newLedger(): Ledger {
    const prefix = (hash32(this.seed).toString(36) + 'Standin00000').slice(0, 12);
    return new Ledger(this.config, prefix);
  }
}
