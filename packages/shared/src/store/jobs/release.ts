import type { Usage } from '../../contract/deck';
import { type Keyspace, defineScript } from '../script';
import { flag } from '../shape';
import { type Added, packAdded } from './log';
import type { RunId } from './take';

/** Whether a run's process ended, and whether it was alone there. */
type Crash = '' | 'alone' | 'among_others';

/**
 * Gives a job back to be run again; `counts` is whether the run used up one of its attempts. False when the run does not
 * hold the job any more.
 */
export function releaseStep(keyspace: Keyspace) {
  const release = defineScript(keyspace, 'jobs/release', { read: flag });
  return (
    { id, run }: RunId,
    counts: boolean,
    usage: Usage | null,
    added: Added | null,
    crashed: Crash = '',
  ): Promise<boolean> => {
    const { cards, ...packed } = packAdded(added);
    const spent = usage ? JSON.stringify(usage) : undefined;
    return release({ id, run, counts, usage: spent, crashed: crashed || undefined, ...packed }, cards);
  };
}
