import { type Keyspace, defineScript } from '../script';
import { number } from '../shape';
import type { Poster } from './post';

/** Takes back the slots that a worker announced. */
export function leaveStep(keyspace: Keyspace) {
  const leave = defineScript(keyspace, 'deliveries/leave', { read: number });
  return async ({ worker, slots }: Poster): Promise<void> => {
    await leave({ worker, slots });
  };
}
