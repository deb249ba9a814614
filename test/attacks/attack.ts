import type { Stage } from './stage';

/** What a row says of itself. */
interface Description {
  /** Its number in the list of attacks that once worked. */
  readonly row: number;
  readonly name: string;
  readonly kind: string;
  /** What an attacker sends. */
  readonly sent: string;
  /** What is promised all the same: the title of its test. */
  readonly holds: string;
  /** It takes a second or two, so every run of the tests plays it. */
  readonly quick: boolean;
}

interface Row<Observed> extends Description {
  /** Sends it to real processes, and returns what came of it. */
  readonly play: (stage: Stage) => Promise<Observed> | Observed;
  /** What of the promise is broken: a pure reading of what was seen. */
  readonly broken: (seen: Observed) => readonly string[];
  /** What the reading must not pass: what was seen of the old service, or is seen with the protection switched off. */
  readonly control: { readonly what: string; readonly play: (stage: Stage) => Promise<Observed> | Observed };
}

export interface Attack extends Description {
  readonly play: (stage: Stage) => Promise<readonly string[]>;
  readonly control: { readonly what: string; readonly play: (stage: Stage) => Promise<readonly string[]> };
}

/** A row whose own kind of sight nobody else needs to know. */
export const attack = <Observed>({ play, broken, control, ...description }: Row<Observed>): Attack => ({
  ...description,
  play: async (stage) => broken(await play(stage)),
  control: { what: control.what, play: async (stage) => broken(await control.play(stage)) },
});

/** What is broken, where the first is not so. */
export const unless = (holds: boolean, otherwise: string): readonly string[] => (holds ? [] : [otherwise]);
