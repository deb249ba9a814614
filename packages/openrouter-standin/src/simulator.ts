import { defaultConfig } from './config';
import type { Config } from './config';
import { Ledger } from './ledger';
import { hash32, seeded } from './seeded';

/** A scenario of the script, for the next call (of the named model, if any). */
export interface Scripted {
  readonly scenario: string;
  readonly model: string | null;
}

/** The state of one running stand-in. */
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

  /** Resets everything: an empty script and ledger, the first configuration, the same random numbers. */
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
