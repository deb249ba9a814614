import { type Keyspace, defineScript } from '../script';
import { fields, number } from '../shape';

export interface QueueState {
  readonly waiting: number;
  readonly running: number;
  readonly workers: number;
  readonly slots: number;
  readonly oldestWaitMs: number;
  readonly serviceMs: number;
}

const read = fields({
  waiting: number,
  fed: number,
  workers: number,
  slots: number,
  oldest_wait_ms: number,
  service_ms: number,
});

export function queueStep(keyspace: Keyspace): () => Promise<QueueState> {
  const queue = defineScript(keyspace, 'line/queue', { read });
  return async () => {
    const { fed, oldest_wait_ms: oldestWaitMs, service_ms: serviceMs, ...state } = await queue({});
    return { ...state, running: fed, oldestWaitMs, serviceMs };
  };
}
