import type { Usage } from '../../contract/deck';
import type { RunId } from '../jobs/take';
import { type Keyspace, defineScript } from '../script';
import { flag } from '../shape';

/** Records once what a run of a canceled job cost in the end. */
export function spentStep(keyspace: Keyspace) {
  const spent = defineScript(keyspace, 'accounts/spent', { read: flag });
  return ({ id, run }: RunId, usage: Usage): Promise<boolean> => spent({ id, run, usage: JSON.stringify(usage) });
}
