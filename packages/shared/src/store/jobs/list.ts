import type { Status } from '../../contract/job';
import { type Keyspace, defineScript } from '../script';
import { fields, list, text } from '../shape';

const read = fields({ ids: list(text), next: text });

/** Ids of a tenant's jobs, newest first, and the cursor behind them. */
export function listStep(keyspace: Keyspace) {
  const listJobs = defineScript(keyspace, 'jobs/list', { read });
  return (tenant: string, status: Status | '', from: string, limit: number) =>
    listJobs({ tenant, status, from, limit });
}
