import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import type { Store } from '@flashcards/shared/store/jobs/job-store';
import { readModelProbe } from '@flashcards/shared/store/model-probe';
import { readAofOk, readRedisMemory, readWritable } from '@flashcards/shared/store/redis-memory';
import type { Foundation } from '../foundation';
import type { HealthParts } from './health';

/** What the deep check looks at. */
export const healthParts = ({ config, redis: { requests } }: Foundation, store: Store): HealthParts => ({
  redis: async () => {
    const [{ usedBytes, maxBytes }, aofOk, writable] = await Promise.all([
      readRedisMemory(requests),
      readAofOk(requests),
      readWritable(requests, config.REDIS_PREFIX),
    ]);
    return { memoryShare: usedBytes / Math.max(maxBytes, 1), aofOk, writable };
  },
  maxMemoryShare: config.MAX_REDIS_MEMORY_SHARE,
  queue: () => store.queue(),
  disk: freeDiskShare,
  memory: freeMemoryShare,
  modelProbe: () => readModelProbe(requests, config.REDIS_PREFIX),
});

/** Free share of the disk under the working folder, 0 to 1. */
export async function freeDiskShare(): Promise<number> {
  const { bavail, blocks } = await statfs(process.cwd());
  return bavail / Math.max(blocks, 1);
}

/** Free share of what this process may use: of its container's limit where there is one. */
function freeMemoryShare(): number {
  const limit = process.constrainedMemory();
  const total = limit && limit < Number.MAX_SAFE_INTEGER ? limit : 0;
  if (total === 0) return freemem() > 256 * 1024 * 1024 ? 1 : 0.05;
  return Math.max(0, 1 - process.memoryUsage.rss() / total);
}
