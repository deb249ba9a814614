import type { EndingParts } from '../jobs/ending';
import { ttlOf } from '../jobs/retention';
import { defineScript } from '../script';
import { fields, flag, optional, text } from '../shape';

const read = fields({ erased: flag, canceled: flag, cache_key: optional(text) });

/** Removes every trace of a job but a tombstone; the key of its cached result is for the caller to remove. */
export function eraseStep({ keyspace, retention, onEnd }: EndingParts) {
  const erase = defineScript(keyspace, 'erasure/erase', { read });
  const { tomb } = ttlOf(retention);
  return async (id: string, tenant: string): Promise<{ erased: boolean; cacheKey: string }> => {
    const { erased, canceled, cache_key: cacheKey = '' } = await erase({ id, tenant, tomb_seconds: tomb });
    if (canceled) onEnd({ id, tenant, status: 'canceled', code: null, by: 'client' });
    return { erased, cacheKey };
  };
}
