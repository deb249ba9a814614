import { defineScript } from '../script';
import { fields, number } from '../shape';
import { type EndingParts, endedJobs, reportEnds } from './ending';
import { ttlOf } from './retention';

const read = fields({ followers_left: number, ended: endedJobs });

/** Ends who followed a job that ended, in as many calls as it takes. `kept`: cards in its result, where it completed. */
export function endFollowersStep(parts: EndingParts) {
  const endFollowers = defineScript(parts.keyspace, 'jobs/end-followers', { read });
  const ttl = ttlOf(parts.retention);
  return async (id: string, kept: number | undefined): Promise<void> => {
    let left: number;
    do {
      const answer = await endFollowers({ id, kept, ttl });
      reportEnds(parts, answer.ended, 'leader');
      left = answer.followers_left;
    } while (left > 0);
  };
}
