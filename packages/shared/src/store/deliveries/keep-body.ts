import { type Keyspace, defineScript } from '../script';
import { fields, flag, optional, text } from '../shape';

const read = fields({ kept: flag, body: optional(text) });

/** The bytes that every attempt sends: the first that were offered. Null when the job was erased meanwhile. */
export function keepBodyStep(keyspace: Keyspace): (id: string, body: string) => Promise<string | null> {
  const keep = defineScript(keyspace, 'deliveries/keep-body', { behind: ['body'], read });
  return async (id, body) => (await keep({ id }, body)).body ?? null;
}
