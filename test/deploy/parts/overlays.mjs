// The Compose overlays: trials on one machine, and regions that share nothing.
import { check, eventually, expect } from '../checks.mjs';
import { SERVER_NAME, clientOf } from '../client.mjs';
import { docker, lines, run } from '../docker.mjs';
import { PROJECTS } from '../leftovers.mjs';

const REGIONS = { a: { port: 18_446, plain: 18_083 }, b: { port: 18_447, plain: 18_084 } };
const DEV = { port: 18_445, plain: 18_082, ops: 19_100, prometheus: 19_090 };
/** A region as it is needed here: no exporters, nobody to alert. */
const REGION_SERVICES = ['nginx', 'api', 'worker', 'redis-queue', 'redis-cache', 'prometheus', 'standin'];

/**
 * @typedef {import('../run.mjs').Deployment} Deployment
 * @typedef {import('../client.mjs').Client} Client
 */

/**
 * `docker compose` over some files, of a project of its own.
 * @param {Deployment} deployment
 * @param {string} project
 * @param {string[]} overlays
 * @param {NodeJS.ProcessEnv} env
 */
function composeOver(deployment, project, overlays, env) {
  const files = [`${deployment.root}/deploy/compose/compose.yml`, ...overlays];
  const args = ['compose', '--project-name', project, ...files.flatMap((file) => ['--file', file])];
  const all = {
    TAG: 'test',
    MODEL: 'standin/canned',
    RATE_LIMIT_PER_MINUTE: '0',
    WORKERS: '1',
    ROOT: deployment.root,
    ...env,
  };
  const compose = async (/** @type {string[]} */ ...more) =>
    (await run('docker', [...args, ...more], { env: all })).out.trim();
  return {
    compose,
    one: async (/** @type {string} */ service) => lines(await compose('ps', '--quiet', service))[0] ?? '',
    up: (/** @type {string[]} */ ...services) =>
      compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', '180', ...services),
    down: () => compose('down', '--volumes', '--timeout', '10'),
  };
}

/** @param {Client} client */
async function oneJob(client) {
  const outcomes = await client.submitMany(1);
  const [job] = await client.ends(outcomes, 30);
  expect(job && outcomes.failures.length === 0 && job.status === 'completed', outcomes.failures[0] ?? `the job is ${job?.status}: ${JSON.stringify(job?.error)}`); // prettier-ignore
  return job;
}

/** @param {Deployment} deployment */
export async function overlays(deployment) {
  await dev(deployment);
  await regions(deployment);
}

/** @param {Deployment} deployment */
async function dev(deployment) {
  const { compose, one, up, down } = composeOver(deployment, PROJECTS.dev, [`${deployment.root}/deploy/compose/compose.dev.yml`], {
    SECRETS_DIR: deployment.secrets, HTTPS_PORT: String(DEV.port), HTTP_PORT: String(DEV.plain), OPS_PORT: String(DEV.ops),
    PROMETHEUS_PORT: String(DEV.prometheus), TEXTFILE_DIR: `${deployment.root}/.cache/deploy-test/textfile`,
  }); // prettier-ignore
  const client = clientOf({ ...deployment, port: DEV.port });

  await check(
    'development: without a key and a model a job goes through, on loopback alone; metrics are at hand',
    async () => {
      await up();
      await oneJob(client);
      const published = lines(await docker('ps', '--filter', `label=com.docker.compose.project=${PROJECTS.dev}`, '--format', '{{.Ports}}'))
      .flatMap((ports) => ports.split(', ')).filter((port) => port.includes('->')); // prettier-ignore
      expect(published.length === 4 && published.every((port) => port.startsWith('127.0.0.1:')), published.join('; '));
      const metrics = await run('curl', ['--silent', '--fail', `http://127.0.0.1:${DEV.ops}/metrics`]);
      expect(/^flashcards_jobs_submitted_total\{/m.test(metrics.out), 'the API shows no metrics');
      const foreign = await run('curl', ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}', '--header', 'Host: evil.example', `http://127.0.0.1:${DEV.ops}/metrics`]); // prettier-ignore
      expect(foreign.out === '421', `the operations port answers ${foreign.out} to a foreign name`);
      const up_ = `http://127.0.0.1:${DEV.prometheus}/api/v1/query?query=up%3D%3D1`;
      await eventually(async () => {
      const { data } = /** @type {{ data: { result: { metric: { job: string } }[] } }} */ (JSON.parse((await run('curl', ['--silent', '--fail', up_])).out));
      const jobs = new Set(data.result.map(({ metric }) => metric.job));
      return ['api', 'worker', 'redis', 'node'].every((job) => jobs.has(job));
    }, 60, 'Prometheus sees every service'); // prettier-ignore
    },
  );

  await check('development: the API and nginx are started again and replaced, each without the other', async () => {
    const nginx = await one('nginx');
    const serves = () => eventually(async () => (await client.request('GET', '/livez')).status === 200, 30, 'it serves'); // prettier-ignore
    await compose('restart', '--timeout', '10', 'api');
    await serves();
    await compose('up', '--detach', '--no-build', '--no-deps', '--force-recreate', '--timeout', '10', 'api');
    await serves();
    expect(nginx === (await one('nginx')), 'nginx was replaced too');
    await compose('restart', '--timeout', '10', 'nginx');
    await serves();
    await oneJob(client);
  });
  client.close();
  await down();
}

/** @typedef {'a' | 'b'} Region */

/** @param {Deployment} deployment */
async function regions(deployment) {
  const stackOf = (/** @type {Region} */ region) => {
    const { port, plain } = REGIONS[region];
    const big = region.toUpperCase();
    const secrets = `${deployment.root}/.cache/deploy-test/secrets-${region}`;
    const files = [
      `${deployment.root}/deploy/compose/compose.region-${region}.yml`,
      `${deployment.root}/test/deploy/fixtures/compose.region.yml`,
    ];
    const env = { [`SECRETS_DIR_${big}`]: secrets, [`SERVER_NAME_${big}`]: SERVER_NAME, [`HTTPS_PORT_${big}`]: String(port), [`HTTP_PORT_${big}`]: String(plain), BIND_ADDRESS: '127.0.0.1' }; // prettier-ignore
    return { region, secrets, port, ...composeOver(deployment, PROJECTS[region], files, env) };
  };
  const stacks = { a: stackOf('a'), b: stackOf('b') };
  /** @type {Partial<Record<Region, { client: Client, job: import('../client.mjs').Body }>>} */
  const served = {};

  await check(
    "regions: two stand side by side, each with its own secrets; a job's id names its region",
    async () => {
      for (const stack of Object.values(stacks)) {
        const { region, secrets, port, up, one } = stack;
        const keyFile = `${deployment.root}/.cache/deploy-test/openrouter.key`;
        await run(`${deployment.root}/deploy/scripts/secrets`, [
          '--directory',
          secrets,
          '--openrouter-key-file',
          keyFile,
        ]);
        await up(...REGION_SERVICES);
        const made = await docker('exec', await one('api'), 'node', 'keys.js', 'create', '--tenant', 'test');
        const { key } = /** @type {import('./compose.mjs').Access} */ (JSON.parse(made));
        const client = clientOf({ secrets, port, key });
        const job = await oneJob(client);
        served[region] = { client, job };
        expect(job.id.startsWith(`${region}-`), `region ${region} names a job ${job.id}`);
      }
    },
    { always: true },
  );

  await check("regions: nothing is shared: no network, no volume, no key, and neither knows the other's job", async () => {
    expect(served.a && served.b, 'a region does not stand');
    const [a, b] = [{ ...stacks.a, ...served.a }, { ...stacks.b, ...served.b }];
    /** @type {(kind: string, stack: { region: Region }) => Promise<string[]>} */
    const ofProject = async (kind, { region }) =>
      lines(await docker(kind, 'ls', '--format', '{{.Name}}', '--filter', `label=com.docker.compose.project=${PROJECTS[region]}`)); // prettier-ignore
    for (const [kind, min] of /** @type {const} */ ([['network', 5], ['volume', 3]])) {
      const [ofA, ofB] = [await ofProject(kind, a), await ofProject(kind, b)];
      expect(ofA.length >= min && ofB.length >= min && !ofA.some((name) => ofB.includes(name)), `${kind}: ${ofA.join()}, ${ofB.join()}`); // prettier-ignore
    }
    const networks = lines(await docker('inspect', '--format', '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}', ...lines(await a.compose('ps', '--quiet')))); // prettier-ignore
    expect(networks.every((name) => name.startsWith(`${PROJECTS.a}_`)), `region a is in ${networks.join(', ')}`);
    for (const [own, other] of /** @type {const} */ ([[a, b], [b, a]])) {
      const read = await own.client.request('GET', `/v1/jobs/${other.job.id}`);
      expect(read.status === 404, `region ${own.region} answers ${read.status} for a job of the other`);
      const stranger = clientOf({ secrets: own.secrets, port: own.port, key: other.client.key });
      const { status } = await stranger.request('GET', '/v1/jobs');
      stranger.close();
      expect(status === 401, `region ${own.region} answers the other's key ${status}`);
    }
  }); // prettier-ignore

  await check('regions: the metrics of each say which it is', async () => {
    for (const { region, one } of Object.values(stacks)) {
      const prometheus = await one('prometheus');
      const query = async (/** @type {string} */ expression) => lines(await docker('exec', prometheus, 'promtool', 'query', 'instant', 'http://localhost:9090', expression)); // prettier-ignore
      for (const metric of ['flashcards_jobs_submitted_total', 'flashcards_job_runs_total'])
        await eventually(async () => (await query(`${metric}{region="${region}"} > 0`)).length > 0, 60, `${metric} of region ${region}`); // prettier-ignore
      const others = await query(`{__name__=~"flashcards_.*", region!="${region}"}`);
      expect(others.length === 0, `region ${region} has ${others[0]}`);
    }
  });

  for (const { region, down } of Object.values(stacks)) {
    served[region]?.client.close();
    await down();
  }
}
