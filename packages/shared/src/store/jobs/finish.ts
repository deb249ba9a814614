import type { Result, Usage } from '../../contract/deck';
import type { JobError } from '../../contract/job';
import { type Message, defineGatheredScript } from '../script';
import { fields, flag, number, text } from '../shape';
import { endFollowersStep } from './end-followers';
import { type EndingParts, endedJobs, reportEnds } from './ending';
import { type Added, packAdded } from './log';
import { CACHE_SECONDS, ttlOf } from './retention';

export type Ending =
  | { readonly status: 'completed'; readonly result: Result; readonly usage: Usage }
  | { readonly status: 'failed'; readonly error: JobError; readonly usage: Usage | null }
  | { readonly status: 'canceled' };

export interface Finish {
  readonly id: string;
  /** Null for a client's cancel. */
  readonly run: number | null;
  readonly ending: Ending;
  /** Whose the job must be, where that is asked. */
  readonly tenant?: string;
  /** Where the result is cached too, where the cache is in this Redis, and in which epoch of erasures. */
  readonly cacheKey?: string;
  readonly epoch?: number;
  /** Cards of a job that fails; those of one that completed are in its result. */
  readonly added?: Added | null;
}

const packEnding = (ending: Ending) => ({
  status: ending.status,
  usage: ending.status !== 'canceled' && ending.usage ? JSON.stringify(ending.usage) : undefined,
  error: ending.status === 'failed' ? JSON.stringify(ending.error) : undefined,
  kept: ending.status === 'completed' ? ending.result.kept : undefined,
});

function pack({ id, run, ending, tenant, cacheKey, epoch, added = null }: Finish): Message {
  const { cards, ...packed } = packAdded(added);
  const result = ending.status === 'completed' ? JSON.stringify(ending.result) : '';
  const named = {
    id,
    run: run ?? undefined,
    tenant,
    cache_key: cacheKey || undefined,
    epoch: epoch || undefined,
    ...packEnding(ending),
    ...packed,
  };
  return [named, result, cards];
}

const read = fields({ won: flag, tenant: text, followers_left: number, ended: endedJobs });

/** Ends a job, and its followers with it. False when it had ended, is another run's or another tenant's, or is not there. */
export function finishStep(parts: EndingParts) {
  const { keyspace, retention, onEnd } = parts;
  const context = { ttl: ttlOf(retention), cache_seconds: Math.min(CACHE_SECONDS, retention.resultSeconds) };
  const finish = defineGatheredScript(keyspace, 'jobs/finish', { context, pack, read });
  const endFollowers = endFollowersStep(parts);

  return async (
    id: string,
    run: number | null,
    ending: Ending,
    more: Pick<Finish, 'tenant' | 'cacheKey' | 'epoch' | 'added'> = {},
  ): Promise<boolean> => {
    const { won, tenant, followers_left, ended } = await finish({ id, run, ending, ...more });
    const code = ending.status === 'failed' ? ending.error.code : null;
    if (won) onEnd({ id, tenant, status: ending.status, code, by: run === null ? 'client' : 'run' });
    reportEnds(parts, ended, 'leader');
    if (followers_left > 0) await endFollowers(id, packEnding(ending).kept);
    return won;
  };
}
