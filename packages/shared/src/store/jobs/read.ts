import { type Keyspace, defineScript } from '../script';
import { kinds, number } from '../shape';
import { type Fields, type QueuePosition, recordFields } from './record';

export type Found = { readonly fields: Fields; readonly queuePosition: QueuePosition } | 'gone' | 'none';

const read = kinds({
  found: { position: number, slots: number, service_ms: number, now: number, fields: recordFields },
  gone: {},
  none: {},
});

/** A job as its tenant sees it; a `summary` is without its deck. */
export function readStep(keyspace: Keyspace) {
  const readJob = defineScript(keyspace, 'jobs/read', { behind: ['fields'], read });
  return async (id: string, tenant: string, detail: 'whole' | 'summary' = 'whole'): Promise<Found> => {
    const answer = await readJob({ id, tenant, summary: detail === 'summary' });
    if (answer.kind !== 'found') return answer.kind;
    const { fields, position, slots, service_ms: serviceMs, now } = answer;
    return { fields, queuePosition: { position, slots, serviceMs, now } };
  };
}
