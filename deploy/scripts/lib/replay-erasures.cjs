// In the API's image, beside a Redis at 127.0.0.1: erases again what the lines on standard input say was erased.
const { createInterface } = require('node:readline');
const { Redis } = require('ioredis');
const { createStore } = require('@flashcards/shared/store/store');

async function main() {
  const redis = new Redis('redis://127.0.0.1:6379', { maxRetriesPerRequest: 3 });
  const prefix = process.env.REDIS_PREFIX || '{flashcards}';
  const store = createStore(redis, prefix, { resultSeconds: 3_600, failedTextSeconds: 3_600 });
  let erased = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const start = line.indexOf('{');
    // A line of the API's log, or a record of the audit log.
    const { job_id, target, tenant } = JSON.parse(line.slice(start));
    const id = job_id ?? target;
    if (!id || !tenant) continue;
    if ((await store.erase(id, tenant)).erased) erased += 1;
  }
  await redis.quit();
  console.log(erased);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
