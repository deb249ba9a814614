// npm run bench: the product beside a bare pair, in turn, in one run. Ratios count, not numbers: machines differ.
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { NODE_OPTIONS } from '../scripts/local/child.mjs';
import { cpuSeconds, ownRedis, rssMiB, start, stop } from './processes.mjs';
import { get, hammer, median, percentile, post } from './requests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const JOBS = Number(process.env.JOBS ?? 10_000);
const CACHED = Number(process.env.CACHED ?? 5_000);
const CONNECTIONS = 50;
const MODEL = 'standin/canned';
const KEY = 'sk-or-v1-sim-bench';
const WORDS =
  'cell membrane energy light water carbon oxygen leaf sugar plant root stem glucose enzyme protein '.repeat(20);

/** `npm run bench -- --keys`: with API keys, and limits and budgets that are counted and never reached. */
const KEYED = process.argv.includes('--keys');
const SECRETS = { KEY_PEPPER: 'pepper of the bench, and of nothing else', SECRETS_KEY: 'ab'.repeat(32) };
const LIMITS = {
  MAX_OPEN_JOBS: '100000000',
  TOKENS_PER_DAY: '100000000000',
  BUDGET_USD_PER_DAY: '900000',
  MODEL_MAX_PRICE: '0.15,0.6',
};
/** @type {Record<string, string>} */
let headers = {};

/** @param {NodeJS.ProcessEnv} env */
function makeKey(env) {
  const args = [join(root, 'services/api/dist/keys.js'), 'create', '--tenant', 'bench'];
  const { stdout } = spawnSync(process.execPath, args, { env: { ...env, ...SECRETS }, encoding: 'utf8' });
  const { key } = /** @type {{ key: string }} */ (JSON.parse(stdout));
  headers = { Authorization: `Bearer ${key}` };
}

/**
 * A text of 1,000 characters that no other job has.
 * @param {string} seed
 * @param {number} i
 */
const textOf = (seed, i) => `${seed}-${i} is the number of this note about plants. ${WORDS}`.slice(0, 1_000);

/**
 * @typedef {object} Pair
 * @property {string} api its script
 * @property {string} worker
 * @property {string[]} nodeOptions
 * @property {NodeJS.ProcessEnv} env
 * @property {(text: string) => string} submit the bytes of a request
 * @property {(url: string) => Promise<number>} left jobs that have not ended
 * @property {(url: string) => Promise<number>} cached answers a second
 *
 * @typedef {Record<string, number>} Figures
 */

/** @type {Record<'product' | 'bare', Pair>} */
const PAIRS = {
  product: {
    api: 'services/api/dist/main.js',
    worker: 'services/worker/dist/main.js',
    nodeOptions: NODE_OPTIONS,
    env: {
      ...(KEYED ? { AUTH: 'keys', ...SECRETS, ...LIMITS } : { AUTH: 'open' }),
      PORT: '0',
      OPS_PORT: '0',
      RATE_LIMIT_PER_MINUTE: '100000000',
      MAX_WAITING_JOBS: '10000000',
      WORKER_CONCURRENCY: '100',
    },
    submit: (text) => post('/v1/jobs', { text }, headers),
    left: async (url) => {
      const answer = await fetch(`${url}/v1/queue`);
      const { depth, running } = /** @type {{ depth: number, running: number }} */ (await answer.json());
      return depth + running;
    },
    cached: cachedByOneAnswer,
  },
  bare: {
    api: 'bench/bare/api.cjs',
    worker: 'bench/bare/worker.cjs',
    nodeOptions: [],
    env: {},
    submit: (text) => post('/jobs', { text }),
    left: async (url) => /** @type {{ left: number }} */ (await (await fetch(`${url}/depth`)).json()).left,
    cached: cachedByPolling,
  },
};

/** @param {string} url */
async function cachedByOneAnswer(url) {
  const request = post('/v1/jobs', { text: textOf('cached', 0) }, headers);
  await (
    await fetch(`${url}/v1/jobs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: 'wait=10', ...headers },
      body: JSON.stringify({ text: textOf('cached', 0) }),
    })
  ).json();
  const { seconds } = await hammer({
    url,
    connections: CONNECTIONS,
    count: CACHED,
    make: () => request,
    seen: (_i, status, body) => {
      if (status !== 200 || !body.includes('"hit"'))
        throw new Error(`not cached: ${status} ${body.toString().slice(0, 300)}`);
    },
  });
  return CACHED / seconds;
}

/**
 * Each of 50 callers submits, then polls every 5 ms until it holds the result.
 * @param {string} url
 */
async function cachedByPolling(url) {
  const request = post('/jobs', { text: textOf('cached', 0) });
  const count = Math.ceil(CACHED / 2);
  let left = count;
  const startAt = performance.now();
  const caller = async () => {
    const ask = connection(url);
    while (left-- > 0) {
      const { id } = /** @type {{ id: string }} */ (JSON.parse(await ask(request)));
      for (;;) {
        const job = /** @type {{ state: string }} */ (JSON.parse(await ask(get(`/jobs/${id}`))));
        if (job.state === 'completed') break;
        await sleep(5);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  return count / ((performance.now() - startAt) / 1_000);
}

/**
 * One keep-alive connection as a function from a request to the body of its answer.
 * @param {string} url
 * @returns {(request: string) => Promise<string>}
 */
function connection(url) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  let held = '';
  /** @type {(body: string) => void} */
  let give = () => undefined;
  socket.on('data', (data) => {
    held += String(data);
    const end = held.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(held)?.[1] ?? 0);
    if (held.length < end + 4 + length) return;
    const body = held.slice(end + 4);
    held = '';
    give(body);
  });
  return (request) => new Promise((resolve) => ((give = resolve), socket.write(request)));
}

/**
 * @param {Pair} pair
 * @param {Awaited<ReturnType<typeof ownRedis>>} redis
 * @param {string} standinUrl
 * @param {string} seed
 */
async function round(pair, redis, standinUrl, seed) {
  const admin = new Redis(redis.url);
  await admin.flushall();
  const env = { ...pair.env, REDIS_URL: redis.url, MODEL, OPENROUTER_BASE_URL: standinUrl, OPENROUTER_API_KEY: KEY };
  const { OPENROUTER_API_KEY: _key, ...apiEnv } = env;
  const api = await start(join(root, pair.api), apiEnv, pair.nodeOptions);
  if (KEYED && pair === PAIRS.product) makeKey({ PATH: process.env.PATH, REDIS_URL: redis.url });
  await sleep(1_500); // idle, for its size
  /** @type {Figures} */
  const figures = { idle_rss_mib: rssMiB(api.pid) };

  const memory = async () => Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
  const before = { memory: await memory(), cpu: cpuSeconds(api.pid), redisCpu: cpuSeconds(redis.pid) };
  const { seconds, latencies } = await hammer({
    url: api.url,
    connections: CONNECTIONS,
    count: JOBS,
    make: (i) => pair.submit(textOf(seed, i)),
    seen: (_i, status) => {
      if (status !== 202) throw new Error(`submit answered ${status}`);
    },
  });
  Object.assign(figures, {
    submits_per_s: JOBS / seconds,
    submit_p50_ms: percentile(latencies, 0.5),
    submit_p95_ms: percentile(latencies, 0.95),
    submit_p99_ms: percentile(latencies, 0.99),
    api_cpu_s_per_1000_submits: ((cpuSeconds(api.pid) - before.cpu) / JOBS) * 1_000,
    redis_cpu_s_per_1000_submits: ((cpuSeconds(redis.pid) - before.redisCpu) / JOBS) * 1_000,
    redis_bytes_per_waiting_job: ((await memory()) - before.memory) / JOBS,
  });

  const drainStart = performance.now();
  const worker = await start(join(root, pair.worker), env, pair.nodeOptions);
  while ((await pair.left(api.url)) > 0) await sleep(50);
  Object.assign(figures, {
    drained_jobs_per_s: JOBS / ((performance.now() - drainStart) / 1_000),
    worker_cpu_s_per_1000_jobs: (cpuSeconds(worker.pid) / JOBS) * 1_000,
    cached_answers_per_s: await pair.cached(api.url),
    worker_rss_mib: rssMiB(worker.pid),
  });
  await stop(worker);
  await stop(api);
  admin.disconnect();
  return figures;
}

/**
 * Ratio of the product to the bare pair: at least, or at most.
 * @type {Record<string, ['at least' | 'at most', number]>}
 */
const BARS = {
  submits_per_s: ['at least', KEYED ? 0.7 : 0.75],
  drained_jobs_per_s: ['at least', 0.5],
  cached_answers_per_s: ['at least', 1.7],
  redis_bytes_per_waiting_job: ['at most', 1.2],
};
const MAX_IDLE_MIB = 110;

const redis = await ownRedis();
const standin = await start(join(root, 'packages/openrouter-standin/dist/cli.js'), { PORT: '0' });
/** @type {Record<'product' | 'bare', Figures[]>} */
const all = { product: [], bare: [] };
const NAMES = /** @type {const} */ (['product', 'bare']);
try {
  for (let i = 0; i < ROUNDS; i += 1) {
    for (const name of i % 2 ? NAMES.toReversed() : NAMES) {
      all[name].push(await round(PAIRS[name], redis, standin.url, `${name}${i}`));
      process.stderr.write(`round ${i + 1} of ${ROUNDS}: ${name}\n`);
    }
  }
} finally {
  await stop(standin);
  await redis.stop();
}
report();

function report() {
  /** @param {number} value */
  const show = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2)).padStart(10);
  let missed = 0;
  console.log(
    `${'median of ' + ROUNDS + ' rounds'.padEnd(12)}`.padEnd(34) +
      'product'.padStart(10) +
      'bare'.padStart(10) +
      'ratio'.padStart(10),
  );
  for (const name of Object.keys(all.product[0] ?? {})) {
    const medianOf = (/** @type {Figures[]} */ rounds) => median(rounds.map((figures) => figures[name] ?? NaN));
    const [product, bare] = [medianOf(all.product), medianOf(all.bare)];
    const [word, bar = 0] = BARS[name] ?? [];
    const holds = !word || (word === 'at least' ? product / bare >= bar : product / bare <= bar);
    const idle = name !== 'idle_rss_mib' || product <= MAX_IDLE_MIB;
    if (!holds || !idle) missed += 1;
    const note = word
      ? `  ${holds ? 'holds' : 'MISSED'}: ${word} ${bar}`
      : name === 'idle_rss_mib'
        ? `  ${idle ? 'holds' : 'MISSED'}: at most ${MAX_IDLE_MIB}`
        : '';
    console.log(name.padEnd(34) + show(product) + show(bare) + show(product / bare) + note);
  }
  process.exitCode = missed ? 1 : 0;
}
