import { setImmediate as nextTurn } from 'node:timers/promises';

/** How much of a turn of the event loop reading may take, over all answers. The rest waits for the next turn. */
const TURN_MS = 10;

/** Who reads long answers asks before each piece whether this turn has time for it. */
export interface Pace {
  readonly hasTime: () => boolean;
  readonly nextTurn: () => Promise<void>;
}

/** One pace for all answers of a process: together they hold up nobody. */
export function createPace(): Pace {
  let began: number | undefined;
  return {
    hasTime() {
      if (began === undefined) {
        began = performance.now();
        setImmediate(() => (began = undefined));
      }
      return performance.now() - began < TURN_MS;
    },
    nextTurn: () => nextTurn(),
  };
}
