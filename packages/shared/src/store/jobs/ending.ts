import type { JobErrorCode } from '../../contract/errors';
import { type JobError, STATUSES, type Status } from '../../contract/job';
import type { Logger } from '../../runtime/logger';
import type { Keyspace } from '../script';
import { fields, json, list, oneOf, optional, text } from '../shape';
import type { Retention } from './retention';

/** A job that ended, and by whose doing: a run, its client, the job whose call it shared, the feed, or the sweep. */
export interface Ended {
  readonly id: string;
  readonly tenant: string;
  readonly status: Status;
  /** Of a job that failed. */
  readonly code: JobErrorCode | null;
  readonly by: 'run' | 'client' | 'cache' | 'leader' | 'feed' | 'sweep';
}

/**
 * Logs a job that ended without a line of its own. A run logs more of its end, and a submit that was answered from the
 * cache is its own end.
 */
export function logEnd(logger: Logger, { id, tenant, status, code, by }: Ended): void {
  if (by === 'run' || by === 'cache') return;
  const fields = { job_id: id, tenant, ...(code ? { code } : {}), ended_by: by };
  if (status === 'failed') logger.warn('job.failed', fields);
  else logger.info(`job.${status}`, fields);
}

/** What a step needs that ends jobs: `onEnd` is called with every job that it ends. */
export interface EndingParts {
  readonly keyspace: Keyspace;
  readonly retention: Retention;
  readonly onEnd: (ended: Ended) => void;
}

/** The jobs that a script ended beside the one that its caller asked for. */
export const endedJobs = list(
  fields({ id: text, tenant: text, status: oneOf(...STATUSES), error: optional(json<JobError>()) }),
);

export function reportEnds({ onEnd }: EndingParts, ended: ReturnType<typeof endedJobs>, by: Ended['by']): void {
  for (const { id, tenant, status, error } of ended) onEnd({ id, tenant, status, code: error?.code ?? null, by });
}
