import { LOCK_MS } from '@flashcards/shared/queue/queues';
import { Queue, type Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createQueueWorker } from '../../services/worker/src/runs/queue-worker';
import { eventually } from '../harness/eventually';
import { RedisServer } from '../harness/redis/redis-server';

const QUEUE = 'trial';
const PREFIX = '{trial}';
const LOCK = `${PREFIX}:${QUEUE}:job:lock`;

let server: RedisServer;
let redis: Redis;
let queue: Queue;
let worker: Worker<object> | undefined;
beforeEach(async () => {
  server = await RedisServer.start();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  queue = new Queue(QUEUE, { connection: redis, prefix: PREFIX });
});
afterEach(async () => {
  await worker?.close(true);
  await queue.close();
  redis.disconnect();
  await server.remove();
});

test('a job that came back to the worker which lost it keeps its new lock when the lost run ends', async () => {
  const ends: (() => void)[] = [];
  worker = createQueueWorker<object>({
    queue: QUEUE,
    execute: () => new Promise((resolve) => ends.push(resolve)),
    connection: redis,
    prefix: PREFIX,
    concurrency: 2,
    maxStalledCount: 10,
    onError: () => undefined,
  });
  void worker.run();
  await queue.add('any', {}, { jobId: 'job' });
  await eventually(() => expect(ends).toHaveLength(1));
  await redis.del(LOCK);
  await eventually(() => expect(ends).toHaveLength(2));
  ends[0]?.();
  // It is renewed after half of its time.
  let left = LOCK_MS;
  await eventually(async () => {
    const [before, now] = [left, await redis.pttl(LOCK)];
    left = now;
    expect([ends.length, now > before]).toEqual([2, true]);
  });
  ends[1]?.();
  await eventually(async () => expect(await queue.getCompletedCount()).toBe(1));
}, 60_000);
