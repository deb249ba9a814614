// A real swarm of three nodes: rolls, takes back, survives, scales.
import { setTimeout as sleep } from 'node:timers/promises';
import { check, eventually, expect } from '../checks.mjs';
import { SERVER_NAME, clientOf } from '../client.mjs';
import { containersOf, docker, lines, run, swarmTool } from '../docker.mjs';
import { NODES, STACK, engines, removeStack } from '../leftovers.mjs';
import { swarmBackup } from './swarm-backup.mjs';

const IMAGES = ['api:v1', 'api:v2', 'worker:v1', 'worker:v2', 'standin:v1', 'broken:v1', 'autoscaler:v1'].map(
  (name) => `flashcards-${name}`,
);
const port = 18_443;
const CUT_MODEL_MS = 4_000;
const service = (/** @type {string} */ name) => `${STACK}_${name}`;

/** @param {import('../run.mjs').Deployment} deployment */
export async function swarm({ root, secrets }) {
  const env = {
    SERVER_NAME, SECRETS_DIR: secrets, TLS_DIR: `${secrets}/tls`, HTTPS_PORT: String(port), HTTP_PORT: '18080',
    API_IMAGE: 'flashcards-api:v1', WORKER_IMAGE: 'flashcards-worker:v1', STANDIN_IMAGE: 'flashcards-standin:v1',
    MODEL: 'standin/canned', RATE_LIMIT_PER_MINUTE: '0', RESOLVE_IMAGE: 'never', LIMIT_SECONDS: '300', UPDATE_MONITOR: '10s',
    ROOT: root, WEBHOOK_ALLOW_CIDRS: '10.0.0.0/8',
  }; // prettier-ignore
  /** @type {(command: string, extra?: NodeJS.ProcessEnv, options?: { files?: string[], allowed?: boolean }) => Promise<import('../docker.mjs').Said>} */
  const deploy = (command, extra = {}, options = {}) =>
    run(`${root}/deploy/swarm/deploy.sh`, [command, '--stack', STACK, '--file', `${root}/test/deploy/fixtures/stack.test.yml`, ...(options.files ?? [])], { env: { ...env, ...extra }, allowed: options.allowed }); // prettier-ignore
  const replicas = async () =>
    Number(await docker('service', 'inspect', service('worker'), '--format', '{{.Spec.Mode.Replicated.Replicas}}'));
  /** @type {import('../client.mjs').Client} */
  let client;

  /**
   * In a task of a service, on whichever node it is.
   * @param {string} name
   * @param {string[]} command
   */
  async function execIn(name, ...command) {
    const find = ['ps', '--quiet', '--filter', `label=com.docker.swarm.service.name=${service(name)}`];
    for (const on of engines()) {
      const [container] = lines(await on(...find));
      if (container) return on('exec', container, ...command);
    }
    throw new Error(`no task of ${name} runs`);
  }

  async function copyImages() {
    for (const image of ['flashcards-api', 'flashcards-worker'])
      for (const tag of ['v1', 'v2']) await build(image, tag);
    for (const name of ['standin', 'autoscaler'])
      await docker('tag', `flashcards-${name}:test`, `flashcards-${name}:v1`);
    await run('docker', ['build', '--tag', 'flashcards-broken:v1', '-'], {
      input: 'FROM flashcards-api:v1\nCMD ["node", "-e", "setInterval(() => undefined, 1000)"]\n',
    });
    await Promise.all(NODES.map(copyTo));
  }
  /**
   * Those that a node does not have, in one go: they share most of their layers.
   * @param {string} node
   */
  async function copyTo(node) {
    /** @type {string[]} */
    const missing = [];
    for (const image of IMAGES) {
      /** @type {(command: string, ...on: string[]) => Promise<import('../docker.mjs').Said>} */
      const id = (command, ...on) => run(command, [...on, 'image', 'inspect', '--format', '{{.Id}}', image], { allowed: true }); // prettier-ignore
      if ((await id('docker')).out !== (await id(process.env.SWARM_TOOL ?? '', 'on', node)).out) missing.push(image);
    }
    if (missing.length > 0)
      await run('sh', ['-c', `docker save ${missing.join(' ')} | "$SWARM_TOOL" on ${node} load --quiet`]);
  }
  /**
   * A label makes it another image, as a release would.
   * @param {string} image
   * @param {string} tag
   */
  function build(image, tag) {
    const args = ['build', '--tag', `${image}:${tag}`, '--label', `release=${tag}`, '-'];
    const from = tag === 'v1' && process.env.UPDATE_FROM ? 'from' : 'test';
    return run('docker', args, { input: `FROM ${image}:${from}\n` });
  }

  /**
   * @param {import('../client.mjs').Outcomes} outcomes
   * @param {number} seconds
   */
  async function allEnd(outcomes, seconds) {
    const jobs = await client.ends(outcomes, seconds);
    const bad = jobs.filter((job) => job.status !== 'completed');
    expect(
      outcomes.failures.length === 0,
      `${outcomes.failures.length} requests failed: ${[...new Set(outcomes.failures)].slice(0, 3).join('; ')}`,
    );
    expect(jobs.length === outcomes.ids.length, `${outcomes.ids.length - jobs.length} jobs are lost`);
    expect(
      bad.length === 0,
      `${bad.length} of ${jobs.length} jobs are not completed: ${bad[0]?.status} ${JSON.stringify(bad[0]?.error)}`,
    );
    return jobs;
  }

  /**
   * Each of these jobs has one line that says it completed.
   * @param {{ id: string }[]} jobs
   */
  async function onceEach(jobs) {
    const log = await docker('service', 'logs', '--raw', service('worker'));
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const line of lines(log).filter((text) => text.includes('"event":"job.completed"'))) {
      const id = /"job_id":"([^"]+)"/.exec(line)?.[1] ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const twice = jobs.filter(({ id }) => (counts.get(id) ?? 0) > 1);
    const seenOnce = jobs.filter(({ id }) => counts.get(id) === 1).length;
    expect(twice.length === 0, `${twice.length} jobs ran twice to an end`);
    expect(seenOnce >= jobs.length * 0.5, `the logs name ${seenOnce} of ${jobs.length} jobs only`);
  }

  /**
   * Jobs a second.
   * @param {number} workers
   */
  async function drain(workers) {
    await settled();
    await eventually(
      async () => (await client.request('GET', '/v1/queue')).json().workers === workers,
      60,
      `${workers} workers are there`,
    );
    const jobs = await allEnd(await client.submitMany(400, undefined, { at: 40 }), 300);
    // While all slots are busy: neither the first submits nor the last jobs count.
    const ends = jobs.map((job) => Date.parse(job.finished_at)).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => ends[Math.floor(ends.length * share)] ?? NaN;
    return (ends.length * 0.8) / ((at(0.9) - at(0.1)) / 1_000);
  }

  const imageOf = async (/** @type {string} */ name) =>
    (await docker('service', 'inspect', service(name), '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}')).split(
      '@',
    )[0] ?? '';
  const tasks = async () =>
    lines(
      await docker(
        'stack',
        'ps',
        STACK,
        '--filter',
        'desired-state=running',
        '--format',
        '{{.ID}} {{.Name}}',
        '--no-trunc',
      ),
    )
      .filter((text) => !text.includes('redis-queue'))
      .sort();
  /**
   * Nodes that run a task of each of these services, and can be cut off.
   * @param {string[]} names
   */
  async function nodesOf(...names) {
    const each = await Promise.all(names.map((name) => docker('service', 'ps', service(name), '--filter', 'desired-state=running', '--format', '{{.Node}}'))); // prettier-ignore
    return NODES.filter((node) => each.every((text) => lines(text).includes(node)));
  }
  /** Replicas are counted while they end, on a node that came back too: those that stay have to run as well. */
  const settled = () =>
    eventually(
      async () =>
        lines(await docker('stack', 'services', STACK, '--format', '{{.Replicas}}')).every((text) => /^(\d+)\/\1\b/.test(text)) &&
        lines(await docker('stack', 'ps', STACK, '--filter', 'desired-state=running', '--format', '{{.CurrentState}}')).every((text) => text.startsWith('Running')),
      120,
      'every task runs',
    ); // prettier-ignore

  /** @param {object} change */
  async function configureModel(change) {
    const [container = ''] = await containersOf(`label=com.docker.swarm.service.name=${service('standin')}`);
    await docker('exec', container, 'node', '-e', `fetch('http://127.0.0.1:4010/__sim/config',{method:'PUT',headers:{'content-type':'application/json'},body:'${JSON.stringify(change)}'}).then((a)=>{if(!a.ok)throw a.status})`); // prettier-ignore
  }

  await check(
    'a stack is deployed on three nodes, and a job goes through it',
    async () => {
      await swarmTool('swarm', String(NODES.length + 1));
      await copyImages();
      await docker('node', 'update', '--label-add', 'flashcards.data=true', '--label-add', 'flashcards.edge=true', await docker('info', '--format', '{{.Swarm.NodeID}}')); // prettier-ignore
      await deploy('deploy');
      const made = await execIn('api', 'node', 'keys.js', 'create', '--tenant', 'test');
      const { key } = /** @type {import('./compose.mjs').Access} */ (JSON.parse(made));
      client = clientOf({ secrets, port, key });
      await eventually(async () => (await client.request('GET', '/readyz')).status === 200, 60, 'ready');
      await allEnd(await client.submitMany(10), 60);
    },
    { always: true },
  );

  /**
   * @typedef {import('../client.mjs').Outcomes} Outcomes
   * @typedef {Promise<import('../client.mjs').Event[]>} Stream
   */

  /**
   * At 20 submits/s, with jobs that wait, run and stream, and webhooks that are owed; none may be lost.
   * @param {string} command
   * @param {NodeJS.ProcessEnv} [extra]
   */
  async function rollDuring(command, extra) {
    const receiver = `label=com.docker.swarm.service.name=${service('receiver')}`;
    const [container = ''] = await containersOf(receiver);
    const address = await docker('inspect', container, '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'); // prettier-ignore
    await configureModel({ latency_ms: 1_000 });
    const outcomes = client.newOutcomes();
    /** @type {Stream[]} */
    const streams = [];
    const done = deploy(command, extra);
    const followed = followSome(outcomes, streams, done);
    await client.submitDuring(20, done, { outcomes, extra: { webhook: { url: `http://${address}:8080/hook`, events: ['job.completed'] } } }); // prettier-ignore
    await followed;
    const jobs = await allEnd(outcomes, 60);
    for (const events of await Promise.all(streams))
      expect(
        events.every(({ number }, i) => number === i + 1),
        `a stream sent ${JSON.stringify(events)}`,
      );
    await eventually(async () => (await undelivered(container, jobs)).length === 0, 60, 'every webhook is delivered');
    await configureModel({ latency_ms: 0 });
    return {
      jobs,
      summary: `${jobs.length} jobs and webhooks, ${streams.length} streams, ${outcomes.refused} honest 503`,
    };
  }
  /**
   * @param {Outcomes} outcomes
   * @param {Stream[]} streams
   * @param {Promise<unknown>} until
   */
  async function followSome(outcomes, streams, until) {
    let over = false;
    const done = Promise.resolve(until).catch(() => undefined).finally(() => (over = true)); // prettier-ignore
    while (!over) {
      await sleep(1_000);
      const newest = outcomes.ids.at(-1);
      if (!newest) continue;
      const stream = client.follow(newest);
      stream.catch(() => undefined); // seen at the end: until then it is nobody's
      streams.push(stream);
    }
    await done;
  }
  /**
   * @param {string} container
   * @param {{ id: string }[]} jobs
   */
  async function undelivered(container, jobs) {
    const ask = "fetch('http://127.0.0.1:8080/received').then((a)=>a.json()).then((all)=>console.log(all.map(({body})=>JSON.parse(body).data.id).join(' ')))"; // prettier-ignore
    const ids = new Set((await docker('exec', container, 'node', '-e', ask)).split(/\s+/));
    return jobs.filter(({ id }) => !ids.has(id));
  }

  await check('an update at 20 submits/s fails no request and loses no job, stream or webhook', async () => {
    const { jobs, summary } = await rollDuring('deploy', { API_IMAGE: 'flashcards-api:v2', WORKER_IMAGE: 'flashcards-worker:v2' }); // prettier-ignore
    for (const name of ['api', 'worker']) expect((await imageOf(name)).endsWith(':v2'), `${name} is not updated`);
    await onceEach(jobs);
    return summary;
  });

  await check('roll back takes both services to what ran before, and loses no job, stream or webhook', async () => {
    const { summary } = await rollDuring('rollback');
    for (const name of ['api', 'worker'])
      expect((await imageOf(name)).endsWith(':v1'), `${name} runs ${await imageOf(name)}`);
    return summary;
  });

  await check(
    'an image that never gets healthy is taken back by itself, and the old one serves meanwhile',
    async () => {
      const before = await imageOf('api');
      const update = deploy(
        'deploy',
        { API_IMAGE: 'flashcards-broken:v1', WORKER_IMAGE: 'flashcards-worker:v1' },
        { allowed: true },
      );
      const outcomes = await client.submitDuring(20, update);
      expect((await update).code === 1, 'the deploy did not say that it was taken back');
      expect((await imageOf('api')) === before, `the API runs ${await imageOf('api')}`);
      await allEnd(outcomes, 60);
      return `${outcomes.ids.length} jobs meanwhile, ${outcomes.refused} honest 503`;
    },
  );

  await check('a node with workers is cut off in the middle of work: its jobs end within 60 s', async () => {
    await configureModel({ latency_ms: CUT_MODEL_MS });
    const outcomes = await client.submitMany(60);
    // One that runs a replica of the API too, where the scheduler made one: then clients lose theirs as well.
    const [both] = await nodesOf('worker', 'api');
    const node = both ?? (await nodesOf('worker'))[0];
    expect(node, 'no other node runs a worker');
    await sleep(1_500);
    await swarmTool('cut', node);
    const start = Date.now();
    try {
      const jobs = await allEnd(outcomes, 120);
      const read = (Date.now() - start) / 1_000;
      const ended = jobs.map((job) => (Date.parse(job.finished_at) - start) / 1_000);
      const again = ended.filter((seconds) => seconds > CUT_MODEL_MS / 1_000 + 2).length;
      const summary = `${both ? 'a replica of the API went too; ' : ''}${jobs.length} jobs, ${again} of them later than 2 s after their model; the last ended ${Math.max(...ended).toFixed(1)} s after the cut and was read after ${read.toFixed(1)} s; ${outcomes.refused} honest 503`;
      expect(again > 0, `the node held no job: ${summary}`);
      expect(Math.max(...ended) <= 60 && read <= 60, summary);
      return summary;
    } finally {
      await swarmTool('mend', node);
      await configureModel({ latency_ms: 0 });
      await eventually(async () => lines(await docker('node', 'ls', '--format', '{{.Status}}')).every((status) => status === 'Ready'), 120, 'all nodes ready'); // prettier-ignore
      await settled();
    }
  });

  await check('an outage of Redis of 120 s restarts no task and loses no job', async () => {
    const before = await tasks();
    await configureModel({ latency_ms: 3_000 });
    const outcomes = await client.submitMany(60);
    await docker('service', 'scale', `${service('redis-queue')}=0`);
    await sleep(120_000);
    const refused = await client.request('GET', `/v1/jobs/${outcomes.ids[0] ?? ''}`);
    await docker('service', 'scale', `${service('redis-queue')}=1`);
    expect(refused.status === 503, `while Redis is away the API answers ${refused.status}`);
    await allEnd(outcomes, 60);
    await configureModel({ latency_ms: 0 });
    const after = await tasks();
    expect(before.join() === after.join(), `tasks changed:\n${before.join('\n')}\n${after.join('\n')}`);
    return `${outcomes.ids.length} jobs`;
  });

  await swarmBackup({ root, secrets }, { client: () => client, settled, allEnd });

  await check('four workers do at least 3.5 times what one does', async () => {
    await deploy('deploy', {
      API_IMAGE: 'flashcards-api:v2',
      WORKER_IMAGE: 'flashcards-worker:v2',
      WORKER_CONCURRENCY: '5',
      WORKERS: '1',
    });
    await configureModel({ latency_ms: 1_000 });
    const one = await drain(1);
    await docker('service', 'scale', `${service('worker')}=4`);
    const four = await drain(4);
    await configureModel({ latency_ms: 0 });
    const ratio = four / one;
    expect(ratio >= 3.5, `${four.toFixed(2)} jobs/s with four, ${one.toFixed(2)} with one: ${ratio.toFixed(2)}`);
    return `${one.toFixed(2)} and ${four.toFixed(2)} jobs/s: ${ratio.toFixed(2)}`;
  });

  await check('the autoscaler goes from 1 to 4 workers and back on a burst of 2,000 jobs, and loses none', async () => {
    const scaled = {
      API_IMAGE: 'flashcards-api:v2', WORKER_IMAGE: 'flashcards-worker:v2', AUTOSCALER_IMAGE: 'flashcards-autoscaler:v1',
      WORKERS: '1', WORKER_CONCURRENCY: '5', AUTOSCALE_DRY_RUN: 'false', COOLDOWN_OUT_SECONDS: '10', COOLDOWN_IN_SECONDS: '30',
    }; // prettier-ignore
    await deploy('deploy', scaled, { files: ['--file', `${root}/deploy/swarm/autoscaler.yml`] });
    await configureModel({ latency_ms: 500 });
    const start = Date.now();
    const seconds = () => ((Date.now() - start) / 1_000).toFixed(0);
    const outcomes = await client.submitMany(2_000, undefined, { at: 40 });
    await eventually(async () => (await replicas()) === 4, 120, 'four workers are wanted');
    const out = seconds();
    await eventually(
      async () => (await client.request('GET', '/v1/queue')).json().workers === 4,
      120,
      'four workers are there',
    );
    await allEnd(outcomes, 300);
    const ended = seconds();
    await eventually(async () => (await replicas()) === 1, 300, 'one worker is wanted again');
    await allEnd(await client.submitMany(5), 60);
    await configureModel({ latency_ms: 0 });
    return `four after ${out} s, all ended after ${ended} s, one again after ${seconds()} s`;
  });

  // Nothing to close where the first check failed.
  const close = () => client?.close();
  close();
  await removeStack();
}
