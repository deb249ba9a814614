import { createHash } from 'node:crypto';

const MAX_BITS = 32;

/**
 * The isolated process in which a job runs. After a first recovery, one bit of a hash of its id chooses between two.
 * Each further recovery takes one bit more. So a process that crashes is halved until the job that crashes it is
 * alone, while the others go on.
 */
export function processOf(id: string, recoveries: number): string {
  const bits = Math.min(recoveries, MAX_BITS);
  const number = createHash('sha256').update(id).digest().readUInt32BE(0);
  return `${recoveries}:${number.toString(2).padStart(MAX_BITS, '0').slice(0, bits)}`;
}
