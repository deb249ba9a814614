import { type Keyspace, defineScript } from '../script';
import { number } from '../shape';

/** Says for `seconds` that a worker has `slots`; 0 takes it back. Returns the length of BullMQ's waiting list. */
export function announceStep(keyspace: Keyspace) {
  const announce = defineScript(keyspace, 'line/announce', { read: number });
  return (worker: string, slots: number, seconds: number): Promise<number> => announce({ worker, slots, seconds });
}
