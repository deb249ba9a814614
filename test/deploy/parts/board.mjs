// The operators' board over a Redis that lets the API do only what it needs.
import { readFileSync } from 'node:fs';
import { check, eventually, expect } from '../checks.mjs';
import { docker, lines, run } from '../docker.mjs';

/**
 * Everything the board can be asked for, of one queue and one of its jobs.
 * @type {(queue: string, job: string) => string[]}
 */
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

/**
 * Redis as its operator, in the container of `service`.
 * @param {{ secrets: string, one: (service: string) => Promise<string> }} deployment
 * @param {string} service
 * @param {string[]} args
 */
export async function asOperator({ secrets, one }, service, ...args) {
  const env = `REDISCLI_AUTH=${readFileSync(`${secrets}/password_operator`, 'utf8')}`;
  return (await run('docker', ['exec', '--env', env, await one(service), 'redis-cli', '--user', 'operator', '--no-auth-warning', ...args])).out.trim(); // prettier-ignore
}

/**
 * Stands after the checks that use the service, and before the one that asks for what is refused.
 * @param {import('../run.mjs').Deployment} deployment
 * @param {{ one: (service: string) => Promise<string>, client: () => import('../client.mjs').Client }} stack
 */
export async function board({ secrets }, { one, client }) {
  await check(
    "the operators' board shows what waits, over a Redis that lets the API do no more than it needs",
    async () => {
      const api = await one('api');
      const made = await docker('exec', api, 'node', 'keys.js', 'create', '--tenant', 'operators', '--scopes', 'admin');
      const { key } = /** @type {import('./compose.mjs').Access} */ (JSON.parse(made));
      const ask = async (/** @type {string} */ path) => {
        const script = `fetch('http://127.0.0.1:9100/admin/queues${path}',{headers:{authorization:'Basic '+Buffer.from('me:${key}').toString('base64')}}).then(async(a)=>console.log(JSON.stringify([a.status,(await a.text()).slice(0,100000)])))`; // prettier-ignore
        const answer = await docker('exec', api, 'node', '-e', script);
        const [status, text] = /** @type {[number, string]} */ (JSON.parse(answer));
        return { status, text };
      };
      const workers = await docker('ps', '--quiet', '--filter', 'name=flashcards-compose-worker');
      await docker('pause', ...lines(workers));
      try {
        const outcomes = await client().submitMany(3);
        const [id = ''] = outcomes.ids;
        expect(outcomes.ids.length === 3, outcomes.failures[0]);
        const counts = async () => {
          const { queues } = /** @type {{ queues: [{ counts: object }] }} */ (
            JSON.parse((await ask('/api/queues')).text)
          );
          return JSON.stringify(queues[0].counts) !== '{}';
        };
        await eventually(counts, 10, 'the board counts');
        for (const path of PAGES('generate', id)) {
          const { status, text } = await ask(path);
          expect(
            status < 500 && !/NOPERM|no permissions/i.test(text),
            `${path || '/'}: ${status} ${text.slice(0, 200)}`,
          );
        }
        const job = await ask(`/api/queues/generate/${id}`);
        expect(job.status === 200 && job.text.includes(id) && !job.text.includes('光合作用'), job.text.slice(0, 200)); // prettier-ignore
      } finally {
        await docker('unpause', ...lines(workers));
      }
    },
  );

  await check('Redis has refused no command to the API, a worker or the exporter', async () => {
    for (const service of ['redis-queue', 'redis-cache']) {
      const refused = await asOperator({ secrets, one }, service, '--json', 'ACL', 'LOG');
      const all = /** @type {{ reason: string }[]} */ (JSON.parse(refused));
      const entries = all.filter(({ reason }) => reason !== 'auth');
      expect(entries.length === 0, `${service}: ${JSON.stringify(entries[0])}`);
    }
  });
}
