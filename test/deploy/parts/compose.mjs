// Everything on one machine with Compose.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asOperator, board } from './board.mjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, eventually, expect } from '../checks.mjs';
import { SERVER_NAME, clientOf } from '../client.mjs';
import { docker, lines, run } from '../docker.mjs';
import { PROJECTS } from '../leftovers.mjs';

const PROJECT = PROJECTS.compose;
export const PORT = 18_444;

/**
 * A tenant's first key.
 * @typedef {{ key: string, webhook_secret: string }} Access
 * @typedef {import('../client.mjs').Client} Client
 */

/** @param {import('../run.mjs').Deployment} deployment */
export function composeOf({ root, secrets }) {
  const env = {
    COMPOSE_PROJECT_NAME: PROJECT, SECRETS_DIR: secrets, SERVER_NAME, BIND_ADDRESS: '127.0.0.1', HTTPS_PORT: String(PORT), HTTP_PORT: '18081',
    MODEL: 'standin/canned', API_REPLICAS: '2', RATE_LIMIT_PER_MINUTE: '0', TAG: 'test', TEXTFILE_DIR: `${root}/.cache/deploy-test/textfile`,
    ROOT: root,
  }; // prettier-ignore
  const files = [
    '--file',
    `${root}/deploy/compose/compose.yml`,
    '--file',
    `${root}/test/deploy/fixtures/compose.test.yml`,
  ];
  /** @type {(...args: string[]) => Promise<string>} */
  const compose = async (...args) => (await run('docker', ['compose', ...files, ...args], { env })).out.trim();
  /** @param {string} service */
  const one = async (service) => lines(await compose('ps', '--quiet', service))[0] ?? '';
  const up = () => compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', '180');
  return {
    compose,
    one,
    up,
    /** A stack without data, and the first key of a tenant. */
    async fresh() {
      await compose('down', '--volumes', '--timeout', '30');
      await up();
      const made = await docker('exec', await one('api'), 'node', 'keys.js', 'create', '--tenant', 'test');
      return /** @type {Access} */ (JSON.parse(made));
    },
    /**
     * @param {{ key: string }} access
     * @param {(string | Buffer)[]} [also]
     */
    connect: ({ key }, also) => clientOf({ secrets, port: PORT, key, also }),
  };
}

/**
 * What is looked at of a container.
 * @typedef {object} Inspected
 * @property {string} Name
 * @property {{ User: string, Env?: string[] }} Config
 * @property {Host} HostConfig
 *
 * @typedef {object} Host
 * @property {boolean} ReadonlyRootfs
 * @property {boolean} Privileged
 * @property {string[]} [CapDrop]
 * @property {string[]} [CapAdd]
 * @property {string[]} [SecurityOpt]
 * @property {number} Memory
 * @property {number} PidsLimit
 * @property {number} NanoCpus
 * @property {{ Config: Record<string, string> }} LogConfig
 */

/** @param {import('../run.mjs').Deployment} deployment */
export async function compose(deployment) {
  const { compose, one, up, fresh, connect } = composeOf(deployment);
  /** @type {Client} */
  let client;
  /** @type {Access} */
  let access;

  await check(
    'compose up from nothing: every service is there and healthy, and a job goes through nginx with TLS',
    async () => {
      access = await fresh();
      client = connect(access);
      const outcomes = await client.submitMany(5);
      const jobs = await client.ends(outcomes, 30);
      expect(
        outcomes.failures.length === 0 && jobs.length === 5 && jobs.every((job) => job.status === 'completed'),
        JSON.stringify(outcomes.failures),
      );
      const answer = await client.request('GET', '/health');
      expect(answer.json().status === 'healthy', answer.text);
    },
    { always: true },
  );

  await check('only nginx publishes ports; Prometheus and Grafana are closed from outside', async () => {
    const published = lines(
      await docker(
        'ps',
        '--filter',
        `label=com.docker.compose.project=${PROJECT}`,
        '--format',
        '{{.Names}} {{.Ports}}',
      ),
    ).filter((line) => line.includes('->'));
    expect(published.length === 1 && published[0]?.includes('nginx'), published.join('; '));
    for (const port of [9090, 3000, 9093, 9100, 6379]) {
      const { code } = await run('curl', ['--silent', '--max-time', '2', `http://127.0.0.1:${port}/`], {
        allowed: true,
      });
      expect(code !== 0 && code !== 52, `port ${port} answers`);
    }
  });

  await check(
    'every container is hardened: read-only root, no capability, no new privileges, limits, bounded logs',
    async () => {
      const ids = lines(await compose('ps', '--quiet')).filter(Boolean);
      const ours = [await one('standin'), await one('receiver')];
      for (const id of ids.filter((name) => !ours.includes(name))) {
        const [{ Name, HostConfig, Config }] = /** @type {[Inspected]} */ (JSON.parse(await docker('inspect', id)));
        expect(HostConfig.ReadonlyRootfs, `${Name}: root can be written`);
        expect(
          HostConfig.CapDrop?.includes('ALL') && !HostConfig.CapAdd?.length && !HostConfig.Privileged,
          `${Name}: capabilities`,
        );
        expect(
          HostConfig.SecurityOpt?.some((text) => text.startsWith('no-new-privileges')),
          `${Name}: new privileges`,
        );
        expect(HostConfig.Memory > 0 && HostConfig.PidsLimit > 0 && HostConfig.NanoCpus > 0, `${Name}: limits`);
        expect(HostConfig.LogConfig.Config['max-size'] && HostConfig.LogConfig.Config['max-file'], `${Name}: logs`);
        expect(Config.User !== '' && !/^(0|root)(:|$)/.test(Config.User), `${Name}: root`);
        const secret = (Config.Env ?? []).find((text) => /redis:\/\/[^ ]*:[^ ]*@|sk-or-/.test(text));
        expect(!secret, `${Name}: a secret is in the environment`);
      }
      return `${ids.length - ours.length} containers`;
    },
  );

  await check(
    'a webhook reaches a receiver in an allowed inner network, signed; another inner address is never reached',
    async () => {
      const webhook = (/** @type {string} */ url) => ({ extra: { webhook: { url, events: ['job.completed'] } } });
      const outcomes = await client.submitMany(1, undefined, webhook('http://10.231.7.10:8080/hook'));
      expect(outcomes.ids.length === 1, outcomes.failures[0]);
      const receiver = await one('receiver');
      /** @typedef {{ headers: Record<string, string>, body: string }} Received */
      const script = "fetch('http://127.0.0.1:8080/received').then((a)=>a.text()).then(console.log)";
      const first = async () => {
        const [got] = /** @type {Received[]} */ (JSON.parse(await docker('exec', receiver, 'node', '-e', script)));
        return got;
      };
      const { headers, body } = await eventually(first, 30, 'a delivery');
      const payload = /** @type {{ data: { id: string } }} */ (JSON.parse(body));
      expect(payload.data.id === outcomes.ids[0], body.slice(0, 200));
      const key = Buffer.from(access.webhook_secret.replace('whsec_', ''), 'base64');
      const signed = createHmac('sha256', key)
        .update([headers['webhook-id'], headers['webhook-timestamp'], body].join('.'))
        .digest('base64');
      expect(headers['webhook-signature']?.split(' ').includes(`v1,${signed}`), 'the signature does not verify');
      const redis = await docker(
        'inspect',
        '--format',
        `{{(index .NetworkSettings.Networks "${PROJECT}_data").IPAddress}}`,
        await one('redis-queue'),
      );
      const refused = await client.request('POST', '/v1/jobs', {
        body: { text: 'A text.', webhook: { url: `http://${redis}:6379/` } },
      });
      expect(refused.status === 422, `an inner address is answered ${refused.status}`);
    },
  );

  await check('what is for operators does not exist from outside, and nginx answers like the API', async () => {
    for (const path of ['/metrics', '/admin/queues', '/admin/keys', '/startz']) {
      const answer = await client.request('GET', path);
      expect(answer.status === 404 && answer.json().code === 'not_found', `${path}: ${answer.status}`);
    }
    const large = await client.request('POST', '/v1/jobs', { body: { text: 'a'.repeat(200_000) } });
    expect(large.status === 413 && large.json().code === 'too_large', `${large.status}`);
    const plain = await run('curl', [
      '--silent',
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code} %{redirect_url}',
      '--header',
      'Host: evil.example',
      'http://127.0.0.1:18081/x',
    ]);
    expect(plain.out === `301 https://${SERVER_NAME}/x`, plain.out);
    const stranger = await run(
      'curl',
      ['--silent', '--insecure', '--resolve', `evil.example:${PORT}:127.0.0.1`, `https://evil.example:${PORT}/`],
      { allowed: true },
    );
    expect(stranger.code !== 0, 'another name is answered');
    const headers = (await client.request('GET', '/livez')).headers;
    expect(
      headers['strict-transport-security']?.includes('max-age=63072000') && headers.server === 'nginx',
      JSON.stringify(headers),
    );
    const read = await client.request('GET', '/v1/queue');
    expect(read.headers['content-security-policy']?.includes("default-src 'none'"), "the API's headers are gone");
  });

  await board(deployment, { one, client: () => client });

  await check("Redis obeys its users: a service's own keys and nothing that looks at or stops the server", async () => {
    const redis = await one('redis-queue');
    const password = (await run('cat', [`${deployment.secrets}/password_api`])).out;
    /** @type {(...args: string[]) => Promise<string>} */
    const ask = async (...args) =>
      (
        await run(
          'docker',
          [
            'exec',
            '--env',
            `REDISCLI_AUTH=${password}`,
            redis,
            'redis-cli',
            '--user',
            'api',
            '--no-auth-warning',
            ...args,
          ],
          { allowed: true },
        )
      ).out.trim();
    expect((await ask('SET', '{flashcards}:acl-test', '1', 'EX', '5')) === 'OK', 'its own keys are refused');
    for (const refused of [
      ['CONFIG', 'GET', '*'],
      ['FLUSHALL'],
      ['KEYS', '*'],
      ['DEBUG', 'JMAP'],
      ['SCRIPT', 'KILL'],
      ['SHUTDOWN'],
      ['ACL', 'LIST'],
      ['SET', 'other', '1'],
      ['CLIENT', 'LIST'],
      ['MONITOR'],
    ]) {
      const reply = await ask(...refused);
      expect(/NOPERM|not allowed/.test(reply), `${refused.join(' ')}: ${reply.slice(0, 80)}`);
    }
    const nobody = (await run('docker', ['exec', redis, 'redis-cli', 'PING'], { allowed: true })).out;
    expect(/NOAUTH/.test(nobody), `without a user: ${nobody}`);
    const config = await asOperator({ secrets: deployment.secrets, one }, 'redis-queue', 'CONFIG', 'GET', 'append*');
    expect(/appendfsync\s+always/.test(config) && /noeviction/.test(await ask('INFO', 'memory')), config);
  });

  await check('the real Prometheus scrapes every service, and all alerts are quiet', async () => {
    const prometheus = await one('prometheus');
    const query = async (/** @type {string} */ expression) =>
      lines(await docker('exec', prometheus, 'promtool', 'query', 'instant', 'http://localhost:9090', expression));
    await docker('exec', prometheus, 'promtool', 'check', 'config', '/etc/prometheus/prometheus.yml');
    const up = await eventually(async () => {
      const found = (await query('up')).filter((line) => / => 1 /.test(line));
      return found.length >= 8 && (await query('redis_up == 1')).length === 2 && found;
    }, 60, 'eight targets are up'); // prettier-ignore
    for (const metric of [
      'flashcards_queue_waiting_jobs',
      'flashcards_jobs_submitted_total',
      'flashcards_job_runs_total',
      'node_memory_MemTotal_bytes',
      'redis_memory_max_bytes',
    ])
      expect((await query(metric)).length > 0, `${metric} is not there`);
    const limits = await query('flashcards_memory_limit_bytes{job=~"api|worker"} / 2^20');
    expect(
      limits.length >= 2 && limits.every((line) => / => 512 /.test(line)),
      `the limit of memory: ${limits.join('; ')}`,
    );
    // It always fires: once it does, the rules were evaluated, and twice more in the time that follows.
    await eventually(async () => (await query('ALERTS{alertname="Watchdog"}')).length === 1, 60, 'the watchdog fires');
    await sleep(30_000);
    const alerts = await query('ALERTS{alertname!="Watchdog"}');
    expect(alerts.length === 0, alerts.join('\n'));
    return `${up.length} targets`;
  });

  await check('a certificate is replaced under load without a lost request', async () => {
    const { secrets, root } = deployment;
    const before = (await run('cat', [`${secrets}/tls/fullchain.pem`])).out;
    const next = `${root}/.cache/deploy-test/next-tls`;
    await run(`${root}/deploy/scripts/certificates`, ['self-signed', '--directory', next, '--name', SERVER_NAME]);
    const both = connect(access, [readFileSync(`${next}/fullchain.pem`)]);
    const renew = (async () => {
      await sleep(1_000);
      await run(`${root}/deploy/scripts/certificates`, ['install', '--from', next, '--directory', `${secrets}/tls`]);
      await run(`${root}/deploy/scripts/certificates`, ['reload']);
      await sleep(3_000);
    })();
    const outcomes = await both.submitDuring(20, renew);
    both.close();
    expect(outcomes.failures.length === 0, `${outcomes.failures.length} failed: ${outcomes.failures[0]}`);
    expect(outcomes.ids.length >= 60, `only ${outcomes.ids.length} submits`);
    client.close();
    client = connect(access);
    expect((await client.request('GET', '/livez')).status === 200, 'the new certificate is not served');
    expect((await run('cat', [`${secrets}/tls/fullchain.pem`])).out !== before, 'nothing was replaced');
    return `${outcomes.ids.length} submits`;
  });

  await check('down and up again: queued jobs are still there, and end', async () => {
    await compose('stop', 'worker');
    const outcomes = await client.submitMany(20);
    await compose('down', '--timeout', '30');
    await up();
    client.close();
    client = connect(access);
    const jobs = await client.ends(outcomes, 60);
    expect(
      jobs.length === 20 && jobs.every((job) => job.status === 'completed'),
      `${jobs.filter((job) => job.status === 'completed').length} of 20 completed; ${outcomes.failures[0] ?? ''}`,
    );
  });

  // Nothing to close where the first check failed.
  const close = () => client?.close();
  close();
  await compose('down', '--volumes', '--timeout', '30');
}
