import type { EndingParts } from '../jobs/ending';
import { ttlOf } from '../jobs/retention';
import { defineScript } from '../script';
import { fields, flag } from '../shape';
import type { Erasure, JobErasure } from './erasure-store';

const read = fields({ erased: flag, canceled: flag });

/**
 * Removes every trace of a job but a tombstone; false when this tenant has no such job. Its cached result is not served
 * from now on, and the erasure owes its removal.
 */
export function eraseStep({ keyspace, retention, onEnd }: EndingParts) {
  const erase = defineScript(keyspace, 'erasure/erase', { read });
  const { tomb } = ttlOf(retention);
  return async (id: string, tenant: string, erasure?: JobErasure | Pick<Erasure, 'id'>): Promise<boolean> => {
    const { erased, canceled } = await erase({ id, tenant, tomb_seconds: tomb, erasure: erasure && { ...erasure } });
    if (canceled) onEnd({ id, tenant, status: 'canceled', code: null, by: 'client' });
    return erased;
  };
}
