import type { Bound } from '../../contract/cost';
import type { RunId } from '../jobs/take';
import { type Keyspace, defineScript } from '../script';
import { flag } from '../shape';

/** Lets a run use more than is held for its job. False where that is over a budget, or another run holds it. */
export function extendStep(keyspace: Keyspace) {
  const extend = defineScript(keyspace, 'accounts/extend', { read: flag });
  return ({ id, run }: RunId, { tokens, nano }: Bound): Promise<boolean> => extend({ id, run, tokens, nano });
}
