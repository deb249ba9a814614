import { type Keyspace, defineScript } from '../script';
import { fields, oneOf } from '../shape';

const MAX_ATTEMPTS = 50;

const read = fields({ kind: oneOf('asked', 'none', 'busy', 'spent') });

/** Asks for an attempt now. */
export function redeliverStep(keyspace: Keyspace) {
  const redeliver = defineScript(keyspace, 'deliveries/redeliver', { read });
  return async (id: string, event: string, tenant: string) =>
    (await redeliver({ id, event, tenant, max: MAX_ATTEMPTS })).kind;
}
