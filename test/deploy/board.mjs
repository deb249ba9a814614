// The operators' board over a Redis that lets the API do only what it needs.
import { readFileSync } from 'node:fs';
import { check, eventually, expect } from './checks.mjs';
import { docker, lines, run } from './docker.mjs';

/** Everything the board can be asked for, of one queue and one of its jobs. */
const PAGES = (queue, job) => [
  '',
  '/api/queues',
  ...['active', 'waiting', 'prioritized', 'delayed', 'failed', 'latest'].map((status) => `/api/queues?activeQueue=${queue}&status=${status}&page=1`), // prettier-ignore
  ...['', '/logs', '/flow'].map((what) => `/api/queues/${queue}/${job}${what}`),
  ...['metrics', 'workers', 'rate-limit', 'default-job-options', 'job-data-schema'].map((what) => `/api/queues/${queue}/${what}`), // prettier-ignore
  '/api/redis/stats',
  '/api/job-schedulers',
  '/api/metrics/history',
  '/api/metrics/latency',
]; // prettier-ignore

/** Redis as its operator, in the container of `service`. */
export async function asOperator({ secrets, one }, service, ...args) {
  const env = `REDISCLI_AUTH=${readFileSync(`${secrets}/password_operator`, 'utf8')}`;
  return (await run('docker', ['exec', '--env', env, await one(service), 'redis-cli', '--user', 'operator', '--no-auth-warning', ...args])).out.trim(); // prettier-ignore
}

/** Stands after the checks that use the service, and before the one that asks for what is refused. */
export async function board({ secrets }, { one, client }) {
  await check(
    "the operators' board shows what waits, over a Redis that lets the API do no more than it needs",
    async () => {
      const api = await one('api');
      const { key } = JSON.parse(await docker('exec', api, 'node', 'keys.js', 'create', '--tenant', 'operators', '--scopes', 'admin')); // prettier-ignore
      const ask = async (path) => {
        const script = `fetch('http://127.0.0.1:9100/admin/queues${path}',{headers:{authorization:'Basic '+Buffer.from('me:${key}').toString('base64')}}).then(async(a)=>console.log(JSON.stringify([a.status,(await a.text()).slice(0,100000)])))`; // prettier-ignore
        const [status, text] = JSON.parse(await docker('exec', api, 'node', '-e', script));
        return { status, text };
      };
      const workers = await docker('ps', '--quiet', '--filter', 'name=flashcards-compose-worker');
      await docker('pause', ...lines(workers));
      try {
        const seen = await client().submitMany(3);
        expect(seen.ids.length === 3, seen.failures[0]);
        await eventually(async () => JSON.stringify(JSON.parse((await ask('/api/queues')).text).queues[0].counts) !== '{}', 10, 'the board counts'); // prettier-ignore
        for (const path of PAGES('generate', seen.ids[0])) {
          const { status, text } = await ask(path);
          expect(
            status < 500 && !/NOPERM|no permissions/i.test(text),
            `${path || '/'}: ${status} ${text.slice(0, 200)}`,
          );
        }
        const job = await ask(`/api/queues/generate/${seen.ids[0]}`);
        expect(job.status === 200 && job.text.includes(seen.ids[0]) && !job.text.includes('光合作用'), job.text.slice(0, 200)); // prettier-ignore
      } finally {
        await docker('unpause', ...lines(workers));
      }
    },
  );

  await check('Redis has refused no command to the API, a worker or the exporter', async () => {
    for (const service of ['redis-queue', 'redis-cache']) {
      const refused = await asOperator({ secrets, one }, service, '--json', 'ACL', 'LOG');
      const entries = JSON.parse(refused).filter(({ reason }) => reason !== 'auth');
      expect(entries.length === 0, `${service}: ${JSON.stringify(entries[0])}`);
    }
  });
}
