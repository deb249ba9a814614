import { type Keyspace, defineScript } from '../script';
import { fields, number } from '../shape';

export interface Backlog {
  /** Deliveries that wait for an attempt, those that wait for their time included. */
  readonly deliveries: number;
  /** How late the attempt is that should have been made first. */
  readonly overdueMs: number;
}

const read = fields({ deliveries: number, overdue_ms: number });

export function backlogStep(keyspace: Keyspace): () => Promise<Backlog> {
  const backlog = defineScript(keyspace, 'deliveries/backlog', { read });
  return async () => {
    const { deliveries, overdue_ms: overdueMs } = await backlog({});
    return { deliveries, overdueMs };
  };
}
