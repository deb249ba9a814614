import type { JobErrorCode } from '../../contract/errors';
import type { Status } from '../../contract/job';
import type { Logger } from '../../runtime/logger';

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
 * One line for each job that ended without a line of its own: a run tells more of its end, and a submit that was
 * answered from the cache is its own end.
 */
export function logEnd(logger: Logger, { id, tenant, status, code, by }: Ended): void {
  if (by === 'run' || by === 'cache') return;
  const fields = { job_id: id, tenant, ...(code ? { code } : {}), ended_by: by };
  if (status === 'failed') logger.warn('job.failed', fields);
  else logger.info(`job.${status}`, fields);
}
