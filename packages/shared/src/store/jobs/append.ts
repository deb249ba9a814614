import type { Usage } from '../../contract/deck';
import { type Keyspace, defineGatheredScript } from '../script';
import { flag } from '../shape';
import { type Added, packAdded } from './log';
import type { RunId } from './take';

interface Append {
  readonly run: RunId;
  readonly usage: Usage;
  readonly added: Added;
}

/** Adds cards that a run keeps, and what its job has cost so far. False when the run does not hold the job any more. */
export function appendStep(keyspace: Keyspace): (run: RunId, usage: Usage, added: Added) => Promise<boolean> {
  const append = defineGatheredScript(keyspace, 'jobs/append', {
    pack({ run: { id, run }, usage, added }: Append) {
      const { cards, ...packed } = packAdded(added);
      return [{ id, run, usage: JSON.stringify(usage), ...packed }, cards];
    },
    read: flag,
  });
  return (run, usage, added) => append({ run, usage, added });
}
