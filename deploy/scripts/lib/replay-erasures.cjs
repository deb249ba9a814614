// In the API's image, beside a Redis at 127.0.0.1: erases again what the lines on standard input say was erased.
// BACKUP_TIME is when the backup was made: a tenant's jobs of after an erasure that is older than it are not erased.
const { createInterface } = require('node:readline');
const { Redis } = require('ioredis');
const { createErasureStore } = require('@flashcards/shared/store/erasure/erasure-store');
const { createStore } = require('@flashcards/shared/store/jobs/job-store');

const redis = new Redis('redis://127.0.0.1:6379', { maxRetriesPerRequest: 3 });
const prefix = process.env.REDIS_PREFIX || '{flashcards}';
const store = createStore(redis, prefix, { resultSeconds: 3_600, failedTextSeconds: 3_600 });
const erasures = createErasureStore(redis, prefix);
const backupTime = Date.parse(process.env.BACKUP_TIME ?? '');

/**
 * A line that tells of an erasure. Logs say `event` and `job_id`, the audit log says `action` and `target`.
 * @typedef {{ event?: string, action?: string, job_id?: string, target?: string, tenant?: string, time?: string }} Line
 */

/** @type {(line: Line, tenant: string) => number | Promise<number>} */
const replayJob = ({ job_id, target }, tenant) => {
  const id = job_id ?? target;
  if (!id) throw new Error('A line that tells of an erased job has neither job_id nor target.');
  return eraseJob(id, tenant);
};

/** @type {(line: Line, tenant: string) => number | Promise<number>} */
const replayTenant = ({ time = '' }, tenant) => (Date.parse(time) >= backupTime ? eraseTenant(tenant) : 0);

/**
 * What a line tells of -> how many jobs were erased for it. What was asked may not have been done when all was lost.
 * @type {Record<string, typeof replayJob>}
 */
const REPLAYS = {
  'job.erasure_asked': replayJob,
  'job.erased': replayJob,
  'data.erasure_asked': replayTenant,
  'data.erased': replayTenant,
};

/**
 * The image may be of an earlier version, after a rollback: its store answers with a table, and it has no epochs.
 * @type {(id: string, tenant: string) => Promise<number>}
 */
const eraseJob = async (id, tenant) => {
  const answer = /** @type {boolean | { erased: boolean }} */ (await store.erase(id, tenant));
  return Number(typeof answer === 'object' ? answer.erased : answer);
};

async function eraseTenant(/** @type {string} */ tenant) {
  let erased = 0;
  for (;;) {
    const jobs = await erasures.jobs(tenant);
    const ids = jobs.length > 0 ? jobs : await erasures.deliveries(tenant);
    if (ids.length === 0) return erased;
    for (const id of ids) {
      const done = await eraseJob(id, tenant);
      if (done) erased += 1;
      else await erasures.forget(tenant, id);
    }
  }
}

async function main() {
  if (Number.isNaN(backupTime)) throw new Error('BACKUP_TIME is no time');
  let erased = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const record = /** @type {Line} */ (JSON.parse(line.slice(line.indexOf('{'))));
    const replay = REPLAYS[record.action ?? record.event ?? ''];
    if (!replay || !record.tenant) continue;
    erased += await replay(record, record.tenant);
    // The cache may still have what the backup knows nothing of.
    if ('raiseEpoch' in erasures) await erasures.raiseEpoch(record.tenant);
  }
  await redis.quit();
  console.log(erased);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
