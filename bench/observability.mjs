// npm run bench:observability: what metrics and logs cost. The same services take in and run the same jobs with both and
// without, in turn; what counts is CPU time of API and worker a job, so a busy machine spoils little.
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { NODE_OPTIONS } from '../scripts/local/child.mjs';
import { cpuSeconds, ownRedis, start, stop } from './processes.mjs';
import { hammer, median, post } from './requests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const JOBS = Number(process.env.JOBS ?? 6_000);
const WARM_UP = Math.ceil(JOBS / 4);
const MAX_SHARE = 0.1;
/** As monitoring/prometheus/prometheus.yml has it. */
const SCRAPE_MS = 5_000;
const WORDS =
  'cell membrane energy light water carbon oxygen leaf sugar plant root stem glucose enzyme protein '.repeat(20);
const BLIND = ['--require', join(root, 'bench/blind.cjs')];

const redis = await ownRedis();
const standin = await start(join(root, 'packages/openrouter-standin/dist/cli.js'), { PORT: '0' });
const shared = {
  REDIS_URL: redis.url,
  MODEL: 'standin/canned',
  OPS_PORT: '0',
};
const env = {
  api: { ...shared, AUTH: 'open', PORT: '0', RATE_LIMIT_PER_MINUTE: '0', MAX_WAITING_JOBS: '10000000' },
  worker: {
    ...shared,
    OPENROUTER_BASE_URL: standin.url,
    OPENROUTER_API_KEY: 'sk-or-v1-sim-bench',
    WORKER_CONCURRENCY: '100',
  },
};

/**
 * @typedef {import('./processes.mjs').Process} Process
 * @typedef {{ api: number, worker: number }} Cost CPU microseconds a job
 */

/**
 * What both services cost a job; `seeing` is with metrics, their scrapes, and logs.
 * @param {boolean} seeing
 * @param {string} seed
 * @returns {Promise<Cost>}
 */
async function round(seeing, seed) {
  const admin = new Redis(redis.url);
  await admin.flushall();
  const options = seeing ? NODE_OPTIONS : [...NODE_OPTIONS, ...BLIND];
  const begin = (/** @type {'api' | 'worker'} */ name) =>
    start(join(root, 'services', name, 'dist/main.js'), env[name], options);
  const [api, worker] = await Promise.all([begin('api'), begin('worker')]);
  const metricsOf = async (/** @type {Process} */ { opsUrl }) => (await fetch(`${opsUrl}/metrics`)).text();
  const scrape = () => Promise.all([metricsOf(api), metricsOf(worker)]);
  const scrapes = seeing ? setInterval(() => void scrape(), SCRAPE_MS) : undefined;
  try {
    await run(api, `${seed} warm-up`, WARM_UP);
    const before = { api: cpuSeconds(api.pid), worker: cpuSeconds(worker.pid) };
    await run(api, seed, JOBS);
    check(await scrape(), seeing);
    /** @type {(process: Process, from: number) => number} */
    const each = (process, from) => ((cpuSeconds(process.pid) - from) / JOBS) * 1e6;
    return { api: each(api, before.api), worker: each(worker, before.worker) };
  } finally {
    clearInterval(scrapes);
    await Promise.all([stop(api), stop(worker)]);
    admin.disconnect();
  }
}

/**
 * @param {Process} api
 * @param {string} seed
 * @param {number} count
 */
async function run({ url }, seed, count) {
  const make = (/** @type {number} */ i) =>
    post('/v1/jobs', { text: `${seed}-${i} is the number of this note about plants. ${WORDS}`.slice(0, 1_000) });
  const seen = (/** @type {number} */ _i, /** @type {number} */ status) => {
    if (status !== 202) throw new Error(`submit answered ${status}`);
  };
  await hammer({ url, connections: 16, count, make, seen });
  for (;;) {
    const answer = await fetch(`${url}/v1/queue`);
    const { depth, running } = /** @type {{ depth: number, running: number }} */ (await answer.json());
    if (depth + running === 0) return;
    await sleep(50);
  }
}

/**
 * Rounds that measure nothing, or measure when they should not, would make any ratio true.
 * @param {[api: string, worker: string]} metrics
 * @param {boolean} seeing
 */
function check([api, worker], seeing) {
  const counted = Number(/flashcards_job_runs_total\{outcome="completed"[^}]*\} (\d+)/.exec(worker)?.[1] ?? 0);
  const submitted = Number(/flashcards_jobs_submitted_total\{outcome="queued"[^}]*\} (\d+)/.exec(api)?.[1] ?? 0);
  const all = JOBS + WARM_UP;
  if (seeing ? counted !== all || submitted !== all : counted + submitted > 0)
    throw new Error(`a round ${seeing ? 'with' : 'without'} metrics counted ${submitted} submits and ${counted} runs`);
}

/** @type {{ with: Cost[], without: Cost[] }} */
const all = { with: [], without: [] };
/** @type {('with' | 'without')[]} */
const MODES = ['with', 'without'];
try {
  for (let i = 0; i < ROUNDS; i += 1) {
    for (const name of i % 2 ? MODES.toReversed() : MODES) {
      all[name].push(await round(name === 'with', `${name}${i}`));
      process.stderr.write(`round ${i + 1} of ${ROUNDS}: ${name}\n`);
    }
  }
} finally {
  await stop(standin);
  await redis.stop();
}

/** @type {Record<string, (cost: Cost) => number>} */
const SHOWN = { api: ({ api }) => api, worker: ({ worker }) => worker, both: ({ api, worker }) => api + worker };
console.log(`CPU microseconds a job, median of ${ROUNDS} rounds of ${JOBS} jobs`);
console.log(['', 'with', 'without', 'cost'].map((word) => word.padStart(10)).join(''));
for (const [name, pick] of Object.entries(SHOWN)) {
  const [seeing, blind] = [median(all.with.map(pick)), median(all.without.map(pick))];
  const cost = seeing / blind - 1;
  console.log(
    [name, seeing.toFixed(0), blind.toFixed(0), `${(cost * 100).toFixed(1)} %`]
      .map((word) => word.padStart(10))
      .join(''),
  );
  if (name !== 'both') continue;
  const holds = cost < MAX_SHARE;
  console.log(
    `metrics and logs cost ${(cost * 100).toFixed(1)} % of CPU a job: ${holds ? 'holds' : 'MISSED'}, at most ${MAX_SHARE * 100} %`,
  );
  process.exitCode = holds ? 0 : 1;
}
