// npm run streams: what 2,000 idle listeners cost one API process. LISTENERS=2000, at most 100 MiB.
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { cpuSeconds, ownRedis, rssMiB, start, stop } from './processes.mjs';
import { get, hammer, post } from './requests.mjs';

const LISTENERS = Number(process.env.LISTENERS ?? 2_000);
const IDLE_SECONDS = Number(process.env.IDLE_SECONDS ?? 40);
const MAX_MIB = 100;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const redis = await ownRedis();
const startApi = () =>
  start(join(root, 'services/api/dist/main.js'), {
    REDIS_URL: redis.url,
    AUTH: 'open',
    PORT: '0',
    OPS_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'warn',
  });
// One takes the jobs in, so that what submits cost is not in the memory of the other.
const submitting = await startApi();
const api = await startApi();
const admin = new Redis(redis.url);
/** @type {import('node:net').Socket[]} */
const sockets = [];
try {
  // Each listener its own job, which waits: no worker is there.
  /** @type {string[]} */
  const ids = [];
  await hammer({
    url: submitting.url,
    connections: 20,
    count: LISTENERS,
    make: (i) => post('/v1/jobs', { text: `Note ${i} is about the life of a cell.` }),
    seen: (_i, _status, body) => ids.push(/** @type {{ id: string }} */ (JSON.parse(body.toString())).id),
  });
  await stop(submitting);
  await sleep(3_000);
  const before = rssMiB(api.pid);
  const { hostname, port } = new URL(api.url);
  let openStreams = 0;
  let comments = 0;
  /** @type {(id: string) => Promise<void>} */
  const open = (id) =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(get(`/v1/jobs/${id}/events`)));
      sockets.push(socket);
      socket.on('error', reject);
      socket.on('data', (data) => {
        comments += String(data).split('\n:').length - 1;
        if (!String(data).includes('event: status')) return;
        openStreams += 1;
        resolve();
      });
    });
  for (let i = 0; i < ids.length; i += 50) await Promise.all(ids.slice(i, i + 50).map(open));
  await sleep(3_000);
  const opened = rssMiB(api.pid) - before;
  const cpu = cpuSeconds(api.pid);
  await sleep(IDLE_SECONDS * 1_000);
  const idleCpu = (cpuSeconds(api.pid) - cpu) / IDLE_SECONDS;
  const idle = rssMiB(api.pid) - before;
  const [, subscribers] = await admin.pubsub('NUMSUB', '{flashcards}:bell');
  const holds = Math.max(opened, idle) < MAX_MIB && openStreams === LISTENERS && Number(subscribers) === 1;
  console.log(`${openStreams} of ${LISTENERS} streams opened, ${comments} heartbeats in ${IDLE_SECONDS} s idle`);
  console.log(
    `memory of the API before ${before.toFixed(1)} MiB, cost of the streams ${opened.toFixed(1)} MiB once open, ${idle.toFixed(1)} MiB after the idle time`,
  );
  console.log(`processor while idle ${(idleCpu * 100).toFixed(1)} % of a core, subscriptions ${String(subscribers)}`);
  console.log(`${holds ? 'holds ' : 'MISSED'} less than ${MAX_MIB} MiB, one subscription`);
  process.exitCode = holds ? 0 : 1;
} finally {
  for (const socket of sockets) socket.destroy();
  admin.disconnect();
  await stop(submitting);
  await stop(api);
  await redis.stop();
}
