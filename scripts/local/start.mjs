// npm start: Redis, the API, workers and, without a key, the OpenRouter stand-in; a signal ends them in order.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { startChild } from './child.mjs';
import { codeOf, messageOf } from '../errors.mjs';
import { take } from '../lock.mjs';
import { keepPrivate, takeFromOthers } from './private.mjs';
import { dataFolder, localSecrets } from './secrets.mjs';
import { startRedis } from './redis.mjs';

const READY_LIMIT_MS = 60_000;
const DEATHS_ALLOWED = 3;
const DEATHS_WINDOW_MS = 60_000;
const SAME_SIGNAL_MS = 1_000; // npm passes a Ctrl-C on that reached us already
const WITHOUT_REDIS_MS = 2_000; // nothing can be finished or handed back any more
const CONFIG_EXIT_CODE = 78;
/** What is kept in the data folder. */
const KEPT = ['logs', 'redis', 'secrets', 'lock', 'redis.url', 'webhook-secret', 'audit.jsonl'];

if (existsSync('.env')) process.loadEnvFile('.env');
const DATA = dataFolder();
const DEFAULTS = {
  PORT: '8000',
  OPS_PORT: '9100',
  WORKERS: '2',
  DRAIN_SECONDS: '20',
  AUTH: 'open',
  NODE_ENV: 'production',
};
/**
 * An empty one counts as not set.
 * @type {typeof DEFAULTS & NodeJS.ProcessEnv}
 */
const settings = {
  ...DEFAULTS,
  ...Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== '')),
};
const logging = { logs: `${DATA}/logs`, show: process.argv.includes('--logs') };
/**
 * @typedef {import('./child.mjs').Child} Child
 * @typedef {Child & Omit<import('./child.mjs').Ready, 'ready'>} Running
 * @type {{ redis?: import('./redis.mjs').RedisHere, standin?: Running, workers: Running[], api?: Running }}
 */
const running = { workers: [] };
/** @type {Promise<void> | undefined} */
let stopping;
let stoppingSince = 0;

// A terminal or a pipe that went away must not end us before those we started.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

for (const name of /** @type {const} */ (['WORKERS', 'DRAIN_SECONDS']))
  if (!/^\d{1,3}$/.test(settings[name])) fail(`${name} must be a whole number, 0 to 999.`);
keepPrivate();
mkdirSync(DATA, { recursive: true });
if (settings.AUTH === 'keys') Object.assign(settings, localSecrets(DATA, settings));
const lock = take(`${DATA}/lock`);
if (lock.holder)
  fail(`Another npm start uses ${DATA} (process ${lock.holder}): stop it first, or set DATA_DIR and PORT to others.`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
try {
  takeFromOthers(DATA, KEPT);
  await choosePorts();
  const signedWith = webhookSecret();
  await startAll();
  if (!stopping) welcome(signedWith);
} catch (error) {
  if (!stopping) {
    console.error(`\n${messageOf(error)}`);
    await stopAll(1);
  }
}

/** Signs webhooks. Made once and kept, so that receivers go on trusting it; shown only where it is ours. */
function webhookSecret() {
  if (settings.WEBHOOK_SECRET || settings.WEBHOOK_SECRET_FILE) return 'your secret';
  const file = `${DATA}/webhook-secret`;
  if (!existsSync(file)) writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  settings.WEBHOOK_SECRET = readFileSync(file, 'utf8').trim();
  return settings.WEBHOOK_SECRET;
}

/** One clear message for a port that was asked for; the operations port gives way where nobody asked for it. */
async function choosePorts() {
  const { HOST = '127.0.0.1', OPS_HOST = HOST, PORT, OPS_PORT } = settings;
  if (await isTaken(PORT, HOST)) throw new Error(`Port ${PORT} is taken: set PORT to a free one.`);
  if (!(await isTaken(OPS_PORT, OPS_HOST))) return;
  if (process.env.OPS_PORT) throw new Error(`Port ${OPS_PORT} is taken: set OPS_PORT to a free one.`);
  settings.OPS_PORT = '0';
}

/**
 * A port or host that makes no sense is the API's to name.
 * @param {string} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
async function isTaken(port, host) {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return false;
  return new Promise((done) => {
    const server = createServer().once('error', (error) => done(codeOf(error) === 'EADDRINUSE'));
    server.listen(Number(port), host, () => server.close(() => done(false)));
  });
}

async function startAll() {
  const redis = (running.redis = await startRedis({ dir: `${DATA}/redis` }));
  writeFileSync(`${DATA}/redis.url`, redis.url, { mode: 0o600 }); // for npm run keys
  watch('Redis', redis.exited, redis.last, WITHOUT_REDIS_MS);
  const model = await chooseModel();
  const { OPENROUTER_API_KEY: _key, OPENROUTER_API_KEY_FILE: _file, ...withoutKey } = settings; // only workers hold the key
  const shared = { REDIS_URL: redis.url, ...model.forAll };
  const { KEY_PEPPER: _pepper, KEY_PEPPER_FILE: _pepperFile, ...withoutPepper } = settings; // and only the API the pepper
  const workerEnv = { ...withoutPepper, ...shared, ...model.forWorkers, OPS_PORT: '0' };
  const starts = Array.from({ length: Number(settings.WORKERS) }, (_none, i) =>
    startWorker(`worker-${i + 1}`, workerEnv),
  );
  const api = (running.api = launch('api', 'services/api/dist/main.js', { ...withoutKey, ...shared }));
  watch('The API', api.exited, () => api.last);
  await Promise.all([...starts, isReady(api)]);
}

/** Without a key and another address, the stand-in answers in the model's place. */
async function chooseModel() {
  const { OPENROUTER_API_KEY, OPENROUTER_API_KEY_FILE, OPENROUTER_BASE_URL, MODEL } = settings;
  if (OPENROUTER_API_KEY || OPENROUTER_API_KEY_FILE || OPENROUTER_BASE_URL) return { forAll: {}, forWorkers: {} };
  const entry = 'packages/openrouter-standin/dist/cli.js';
  const standin = (running.standin = launch('standin', entry, { ...settings, PORT: '0' }));
  watch('The stand-in', standin.exited, () => standin.last);
  const { url } = await isReady(standin);
  return {
    forAll: { MODEL: MODEL ?? 'standin/extractive' },
    forWorkers: { OPENROUTER_BASE_URL: url, OPENROUTER_API_KEY: 'sk-or-v1-sim-local' },
  };
}

/**
 * @param {string} name
 * @param {string} script
 * @param {NodeJS.ProcessEnv} env
 * @returns {Running}
 */
function launch(name, script, env, again = false) {
  if (stopping) throw new Error('stopping');
  return startChild(name, script, env, { ...logging, again });
}

/**
 * A worker and, when it dies, the next in its place; resolves when the first of them is ready.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
function startWorker(name, env) {
  /** @type {number[]} */
  const deaths = [];
  return new Promise((done) => {
    const begin = () => {
      const worker = launch(name, 'services/worker/dist/main.js', env, deaths.length > 0);
      running.workers = [...running.workers.filter((other) => other.name !== name), worker];
      isReady(worker).then(done, () => giveUp(`${name} is not ready after 60 s`, worker.last));
      void worker.exited.then(({ code, signal }) => {
        if (stopping) return;
        deaths.push(Date.now());
        const recent = deaths.filter((at) => Date.now() - at < DEATHS_WINDOW_MS).length;
        if (code === CONFIG_EXIT_CODE) return giveUp(`${name} cannot start`, worker.last);
        if (recent >= DEATHS_ALLOWED) return giveUp(`${name} ended ${recent} times within a minute`, worker.last);
        console.error(`  ${name} ended (${signal ?? code}): starting it again.`);
        begin();
      });
    };
    begin();
  });
}

/**
 * Its first message. A child that ends first is for who watches it; one that says nothing in time ends all.
 * @param {Running} child
 * @returns {Promise<import('./child.mjs').Ready>}
 */
function isReady(child) {
  return new Promise((done, failed) => {
    const timer = setTimeout(
      () => failed(new Error(`${child.name} is not ready after 60 s. Its last lines:\n${child.last.join('\n')}`)),
      READY_LIMIT_MS,
    );
    void child.ready.then((message) => (clearTimeout(timer), Object.assign(child, message), done(message)));
    void child.exited.then(() => clearTimeout(timer));
  });
}

/**
 * @param {string} name
 * @param {Promise<unknown>} exited
 * @param {() => string[]} last its last lines
 * @param {number} [limit] what the others get to end, in milliseconds
 */
function watch(name, exited, last, limit) {
  void exited.then(() => giveUp(`${name} ended`, last(), limit));
}

/**
 * @param {string} what
 * @param {string[]} last
 * @param {number} [limit]
 */
function giveUp(what, last, limit) {
  if (stopping) return;
  console.error(
    `\n${what}, so everything stops.${last.length ? ` Its last lines:\n${last.slice(-10).join('\n')}` : ''}`,
  );
  void stopAll(1, limit);
}

/** @param {NodeJS.Signals} signal */
function onSignal(signal) {
  if (!stopping) {
    console.error('\nStopping: running jobs get their time. Ctrl-C again ends at once.');
    return void stopAll(0);
  }
  // Of one closed terminal or ended npm come several of the other signals, at any time.
  if (signal !== 'SIGINT' || Date.now() - stoppingSince < SAME_SIGNAL_MS) return;
  kill([running.api, ...running.workers, running.standin]);
}

/** @param {(Child | undefined)[]} group */
function kill(group) {
  for (const child of group) if (child && !child.isGone()) child.stop('SIGKILL');
}

/** @param {number} code */
function stopAll(code, limit = (Number(settings.DRAIN_SECONDS) + 10) * 1_000) {
  stopping ??= (async () => {
    stoppingSince = Date.now();
    await end('the API', [running.api], limit);
    await end('the workers', running.workers, limit);
    await end('the stand-in', [running.standin], 5_000);
    await running.redis?.stop();
    lock.release();
    console.error('All stopped.');
    process.exit(code);
  })();
  return stopping;
}

/**
 * @param {string} what
 * @param {(Child | undefined)[]} group
 * @param {number} limitMs after them it kills
 */
async function end(what, group, limitMs) {
  const alive = group.filter((child) => child !== undefined).filter((child) => !child.isGone());
  if (alive.length === 0) return;
  console.error(`  waiting for ${what} ...`);
  for (const child of alive) child.stop('SIGTERM');
  const timer = setTimeout(() => kill(alive), limitMs);
  await Promise.all(alive.map((child) => child.exited));
  clearTimeout(timer);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}

/** @param {string} signedWith */
function welcome(signedWith) {
  const { url, opsUrl } = running.api ?? {};
  const text =
    '光合作用是指绿色植物利用光能把二氧化碳和水转化为有机物并释放氧气的过程。叶绿体是植物细胞中进行光合作用的细胞器。';
  const models = running.standin
    ? 'Cards come from the built-in stand-in, which needs no model. Set OPENROUTER_API_KEY for a real one.'
    : 'Cards come from the model that MODEL names.';
  console.log(`
Flashcards is ready:  ${url}
${models}

${settings.AUTH === 'keys' ? 'Make an API key first:  npm run keys -- create --tenant me\n\n' : ''}Try it (Chinese or English):

  curl -s ${url}/v1/jobs${settings.AUTH === 'keys' ? " -H 'Authorization: Bearer fck_…'" : ''} -H 'Content-Type: application/json' -H 'Prefer: wait=30' \\
    -d '{"text":"${text}"}'

Webhooks: signed with ${settings.AUTH === 'keys' ? "the secret that comes with a tenant's first key" : signedWith}
Docs:     ${url}/docs, README.md, docs/
Metrics:  ${[opsUrl, ...running.workers.map((worker) => worker.opsUrl)].map((one) => `${one}/metrics`).join('  ')}
Logs:     ${DATA}/logs/    Data: ${DATA}/redis/
Stop:     Ctrl-C
`);
}
