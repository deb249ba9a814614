import { Redis } from 'ioredis';
import { createStore } from '@flashcards/shared/store/jobs/job-store';
import { RedisServer } from '../harness/redis/redis-server';

const P = '{flashcards}';
const DAY = 20_000;
const JOB = `${P}:job:late`;
const USAGE = `${P}:usage:ann:${DAY}`;
const RUN = { id: 'late', run: 1 };

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await RedisServer.start('no');
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

const store = () => createStore(redis, P, { resultSeconds: 60, failedTextSeconds: 60 });

/** A job that was canceled as it ran, with all that was held for it charged. */
async function canceled(nano: string): Promise<void> {
  await redis.flushall();
  const usage = JSON.stringify({ input_tokens: 0, output_tokens: 0, cost_usd: 0, final: false });
  await redis.hset(JOB, { status: 'canceled', tenant: 'ann', run: 1, seq: 3, usage, charged: `0 900 0 ${DAY}` });
  await redis.hset(USAGE, { jobs: 2, input_tokens: 100, output_tokens: 1_000, nano });
}
const used = () => redis.hmget(USAGE, 'jobs', 'input_tokens', 'output_tokens', 'nano');

test.each([
  ['less than was charged', 40, ['2', '110', '140', '7']],
  ['as much as was charged', 900, ['2', '110', '1000', '7']],
  ['more than was charged', 950, ['2', '110', '1050', '7']],
])('a bill of %s is what the job counts with', async (_name, output_tokens, counted) => {
  await canceled('7');
  const bill = { input_tokens: 10, output_tokens, cost_usd: 0, final: true };
  expect(await store().spent(RUN, bill)).toBe(true);
  expect(await used()).toEqual(counted);
});

test('a bill that could not be counted is counted when it comes again, and once', async () => {
  await canceled('unreadable');
  const bill = { input_tokens: 10, output_tokens: 40, cost_usd: 0, final: true };
  await expect(store().spent(RUN, bill)).rejects.toThrow();
  await redis.hset(USAGE, 'nano', 7);
  expect(await store().spent(RUN, bill)).toBe(true);
  expect(await store().spent(RUN, bill)).toBe(false);
  expect(await used()).toEqual(['2', '110', '140', '7']);
  expect(await redis.hget(JOB, 'usage')).toBe(JSON.stringify(bill));
});
