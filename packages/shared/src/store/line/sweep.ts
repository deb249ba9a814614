import { BULK_AGES_MS } from '../../queue/queues';
import { type EndingParts, endedJobs, reportEnds } from '../jobs/ending';
import { ttlOf } from '../jobs/retention';
import { defineScript } from '../script';
import { fields, number, optional } from '../shape';

/** A job may be handed to BullMQ and unknown there for so long. */
const GRACE_MS = 5_000;

const read = optional(fields({ requeued: number, ended: endedJobs }));

/** How many jobs it queued again; null when another sweep is at work. */
export function sweepStep(parts: EndingParts): () => Promise<number | null> {
  const sweep = defineScript(parts.keyspace, 'line/sweep', { read });
  const bounds = { grace_ms: GRACE_MS, bulk_ages_ms: BULK_AGES_MS, ttl: ttlOf(parts.retention) };
  return async () => {
    const swept = await sweep(bounds);
    if (!swept) return null;
    reportEnds(parts, swept.ended, 'sweep');
    return swept.requeued;
  };
}
