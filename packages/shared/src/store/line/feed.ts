import { type EndingParts, endedJobs, reportEnds } from '../jobs/ending';
import { ttlOf } from '../jobs/retention';
import { defineScript } from '../script';
import { fields, list, text } from '../shape';

const read = fields({ ids: list(text), ended: endedJobs });

/** Ids that may now enter the queue, at most `max`. */
export function feedStep(parts: EndingParts): (max: number) => Promise<string[]> {
  const feed = defineScript(parts.keyspace, 'line/feed', { read });
  const ttl = ttlOf(parts.retention);
  return async (max) => {
    const { ids, ended } = await feed({ max, ttl });
    reportEnds(parts, ended, 'feed');
    return ids;
  };
}
