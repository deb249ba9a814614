// The security audit, and what only runs where its parts are at hand.
import { readFileSync } from 'node:fs';
import { NotRun, check, eventually, expect } from '../checks.mjs';
import { composeOf } from './compose.mjs';
import { docker, run } from '../docker.mjs';

const GRAFANA = 'grafana/grafana:12.2.1';
/**
 * @typedef {object} Report
 * @property {{ source: string, outcome: string, detail?: string }[]} sources
 * @property {{ severity: string, title: string }[]} findings
 */

/** @param {string} command */
const has = async (command) => (await run('sh', ['-c', `command -v ${command}`], { allowed: true })).code === 0;

/** @param {import('../run.mjs').Deployment} deployment */
export async function audit(deployment) {
  const { root, secrets } = deployment;
  const to = `${root}/.cache/deploy-test/audit`;
  /** @type {(...args: string[]) => Promise<import('../docker.mjs').Said>} */
  const scan = (...args) =>
    run(`${root}/deploy/scripts/security-audit`, ['--to', to, '--secrets', secrets, ...args], { allowed: true });
  const report = () => /** @type {Report} */ (JSON.parse(readFileSync(`${to}/security-audit.json`, 'utf8')));

  await check(
    'the security audit asks every source or says why not, and its exit code follows what it found',
    async () => {
      const { code, out } = await scan('--image', 'flashcards-api:test', '--image', 'flashcards-worker:test');
      const { sources, findings } = report();
      const names = sources.map(({ source }) => source).sort();
      expect(names.join() === 'code,configuration,dependencies,images,tls', names.join());
      expect(
        sources.every(({ outcome, detail }) => outcome === 'asked' || (outcome === 'skipped' && detail)),
        JSON.stringify(sources),
      );
      expect(
        sources.find(({ source }) => source === 'tls')?.outcome === 'skipped',
        'without an address TLS was scanned',
      );
      const grave = findings.filter(({ severity }) => severity === 'high' || severity === 'critical');
      expect(code === (grave.length > 0 ? 1 : 0), `${code}: ${out}`);
      expect(grave.length === 0, grave.map(({ title }) => title).join('; '));
      expect((await scan('--strict')).code === 3, 'strict takes a skipped source for a passed one');
      await run('chmod', ['755', secrets]);
      const open = await scan();
      await run('chmod', ['700', secrets]);
      expect(
        open.code === 1 && report().findings.some(({ title }) => title.includes('folder of secrets')),
        'an open folder of secrets was not found',
      );
      return sources.map(({ source, outcome }) => `${source} ${outcome}`).join(', ');
    },
  );

  await check('trivy finds nothing of high or above in the images', async () => {
    if (!(await has('trivy'))) throw new NotRun('trivy is not installed');
    for (const image of ['flashcards-api:test', 'flashcards-worker:test'])
      await run('trivy', [
        'image',
        '--quiet',
        '--ignore-unfixed',
        '--severity',
        'HIGH,CRITICAL',
        '--exit-code',
        '1',
        image,
      ]);
  });

  await check('Grafana starts and has the dashboards', async () => {
    const there = await run('docker', ['image', 'inspect', GRAFANA], { allowed: true });
    if (there.code !== 0) throw new NotRun(`the image ${GRAFANA} is not on this machine`);
    const { compose, one } = composeOf(deployment);
    await compose('--profile', 'grafana', 'up', '--detach', '--no-build', 'grafana');
    try {
      const password = readFileSync(`${secrets}/grafana_admin_password`, 'utf8');
      const grafana = await one('grafana');
      const found = await eventually(
        async () =>
          /** @type {unknown[]} */ (
            JSON.parse(
              await docker(
                'exec',
                grafana,
                'curl',
                '--silent',
                '--fail',
                '--user',
                `admin:${password}`,
                'http://127.0.0.1:3000/api/search?type=dash-db',
              ),
            )
          ),
        60,
        'Grafana answers',
      );
      expect(found.length >= 5, `${found.length} dashboards`);
    } finally {
      await compose('--profile', 'grafana', 'down', '--volumes');
    }
  });
}
