// What stands at the edge: TLS as a scanner sees it, and clients that mean harm.
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../scripts/errors.mjs';
import { NotRun, check, eventually, expect } from '../checks.mjs';
import { SERVER_NAME, percentile } from '../client.mjs';
import { PORT, composeOf } from './compose.mjs';
import { docker, lines, run } from '../docker.mjs';
import { PROJECTS } from '../leftovers.mjs';

const GRAVE = new Set(['MEDIUM', 'HIGH', 'CRITICAL']);
/** What comes of a certificate that signed itself for a name that no DNS knows. */
const OF_THE_TEST_CERTIFICATE =
  /^(cert_chain_of_trust|cert_trust|cert_revocation|cert_crlDistributionPoints|cert_ocspURL|DNS_CAArecord|cert_expirationStatus|cert_notAfter|cert_extlifeSpan)/;
/** Without these the scan was cut short. */
const LOOKED_AT = [/^TLS1$/, /^TLS1_3$/, /^P?FS$/, /^heartbleed$/, /^HSTS_time$/, /^LUCKY13$/];
/** From as many addresses as it takes to get past nginx's limit for one, of 100 with their headers read: all stay open. */
const [ATTACKERS, SLOW_EACH] = [5, 200];
const SLOW = ATTACKERS * SLOW_EACH;
const ROUNDS = 5;
const REQUESTS = 500;

/**
 * @typedef {import('../client.mjs').Client} Client
 * @typedef {{ id: string, severity: string, finding: string }} Finding
 */

/** @param {import('../run.mjs').Deployment} deployment */
export async function edge(deployment) {
  const { compose, fresh, connect } = composeOf(deployment);
  /** @type {Client} */
  let client;

  await check(
    'a stack to attack is up',
    async () => {
      client = connect(await fresh());
    },
    { always: true },
  );

  await check('testssl finds nothing of MEDIUM or above but what a test certificate causes', async () => {
    const report = `${deployment.root}/.cache/deploy-test/testssl.json`;
    rmSync(report, { force: true });
    const { code } = await run('testssl', ['--quiet', '--color', '0', '--ip', '127.0.0.1', '--jsonfile', report, `${SERVER_NAME}:${PORT}`], { allowed: true, ms: 300_000 }).catch(() => ({ code: 127 })); // prettier-ignore
    if (code === 127) throw new NotRun('testssl is not installed');
    const findings = /** @type {Finding[]} */ (JSON.parse(readFileSync(report, 'utf8')));
    const missing = LOOKED_AT.filter((id) => !findings.some((finding) => id.test(finding.id)));
    expect(missing.length === 0, `these were not looked at: ${missing.join(', ')}`);
    const grave = findings.filter(({ id, severity }) => GRAVE.has(severity) && !OF_THE_TEST_CERTIFICATE.test(id));
    expect(grave.length === 0, grave.map(({ id, severity, finding }) => `${id} ${severity} ${finding}`).join('; '));
    const offered = (/** @type {string} */ protocol) => findings.findLast(({ id }) => id === protocol)?.finding ?? '';
    expect(/not offered/.test(offered('TLS1')) && /not offered/.test(offered('TLS1_1')), 'an old TLS is offered');
    return `${findings.length} findings, none grave; TLS 1.3: ${offered('TLS1_3')}`;
  });

  await check('scripts and styles are compressed, and nothing that could hold what is private (BREACH)', async () => {
    const coding = async (/** @type {string} */ path) => (await client.request('GET', path, { headers: { 'Accept-Encoding': 'gzip, br' } })).headers['content-encoding']; // prettier-ignore
    const home = (await client.request('GET', '/')).text;
    const script = /"(\/assets\/[^"]+\.js)"/.exec(home)?.[1] ?? '';
    expect(/^(br|gzip)$/.test((await coding(script)) ?? ''), `${script} is not compressed`);
    for (const path of ['/', '/docs', '/v1/queue', '/v1/jobs', '/v1/usage', '/nothing'])
      expect((await coding(path)) === undefined, `${path} is compressed`);
  });

  await check(`${SLOW} slow connections: p99 of normal requests stays below twice the baseline`, async () => {
    const attack = await slowClients(deployment);
    await measure(client, REQUESTS);
    /** @type {{ quiet: number, attacked: number }[]} */
    const rounds = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const quiet = await measure(client, REQUESTS);
      const end = await attack();
      /** @type {number} */
      let attacked;
      try {
        attacked = await measure(client, REQUESTS);
      } finally {
        const open = await end();
        // Half are in their headers, and made again when nginx ends them after ten seconds.
        expect(open >= SLOW * 0.9, `only ${open} slow connections were open at the end of a round`);
      }
      rounds.push({ quiet, attacked });
      await sleep(1_000);
    }
    const median = (/** @type {'quiet' | 'attacked'} */ name) => percentile(rounds.map((round) => round[name]), 0.5); // prettier-ignore
    const [quiet, attacked] = [median('quiet'), median('attacked')];
    const each = rounds.map((round) => `${round.quiet.toFixed(1)} -> ${round.attacked.toFixed(1)}`).join(', ');
    const summary = `medians ${quiet.toFixed(1)} -> ${attacked.toFixed(1)} ms, ${(attacked / quiet).toFixed(2)} times; rounds ${each}`;
    expect(attacked < 2 * quiet, summary);
    return summary;
  });

  await check(`${SLOW} slow connections from one address: it is held to its limit, others are served`, async () => {
    const attack = await slowClients(deployment, { attackers: 1, each: SLOW, held: 100 });
    const end = await attack();
    const times = await measure(client, 200);
    await end();
    expect(times < 1_000, `p99 of the others is ${times.toFixed(0)} ms`);
    return `p99 of the others ${times.toFixed(1)} ms while a thousand connections are refused and made again`;
  });

  // Nothing to close where the first check failed.
  const close = () => client?.close();
  close();
  await compose('down', '--volumes', '--timeout', '30');
}

/**
 * Gives what starts the attack, waits until all are open, and gives what ends it and says how many were open then.
 * @param {import('../run.mjs').Deployment} deployment
 * @param {{ attackers: number, each: number, held: number }} attack `held`: what nginx lets each keep open
 */
async function slowClients(
  deployment,
  { attackers, each, held } = { attackers: ATTACKERS, each: SLOW_EACH, held: SLOW_EACH * 0.9 },
) {
  const network = `${PROJECTS.compose}_public`;
  const nginx = await docker('ps', '--quiet', '--filter', `label=com.docker.compose.project=${PROJECTS.compose}`, '--filter', 'label=flashcards.part=nginx'); // prettier-ignore
  const address = await docker('inspect', '--format', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, nginx); // prettier-ignore
  const one = () =>
    docker(
      'run', '--detach', '--rm', '--network', network, '--label', `com.docker.compose.project=${PROJECTS.compose}`,
      '--volume', `${deployment.root}/test/deploy/fixtures/slow-clients.cjs:/slow.cjs:ro`,
      'node:24-bookworm-slim', 'node', '/slow.cjs', address, '8443', SERVER_NAME, String(each), '120',
    ); // prettier-ignore
  const openOf = async (/** @type {string} */ container) => Number(lines(await docker('logs', '--tail', '1', container)).at(-1)?.split(' ')[0] ?? 0); // prettier-ignore
  return async () => {
    const containers = await Promise.all(Array.from({ length: attackers }, one));
    const end = async () => {
      const open = await Promise.all(containers.map(openOf));
      await docker('kill', ...containers);
      return open.reduce((sum, count) => sum + count, 0);
    };
    const opened = async () => {
      await sleep(1_000);
      return (await Promise.all(containers.map(openOf))).every((open) => open >= held);
    };
    await eventually(opened, 60, `${attackers * each} slow connections are open`).catch(async (error) => {
      const open = await end();
      throw new Error(`${messageOf(error)}: ${open} are`);
    });
    // The handshakes are over: what is left is slow.
    await sleep(2_000);
    return end;
  };
}

/**
 * p99 in milliseconds of requests one after the other.
 * @param {Client} client
 * @param {number} count
 */
async function measure(client, count) {
  /** @type {number[]} */
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const start = performance.now();
    const { status } = await client.request('GET', '/v1/queue');
    expect(status === 200, `a normal request was answered ${status}`);
    times.push(performance.now() - start);
  }
  return percentile(times, 0.99);
}
