// What stands at the edge: TLS as a scanner sees it, and clients that mean harm.
import { readFileSync, rmSync } from 'node:fs';
import { NotRun, check, eventually, expect, sleep } from './checks.mjs';
import { SERVER_NAME, percentile } from './client.mjs';
import { PORT, PROJECT, composeOf } from './compose.mjs';
import { docker, run } from './docker.mjs';

const GRAVE = new Set(['MEDIUM', 'HIGH', 'CRITICAL']);
/** What comes of a certificate that signed itself for a name that no DNS knows. */
const OF_THE_TEST_CERTIFICATE =
  /^(cert_chain_of_trust|cert_trust|cert_revocation|cert_crlDistributionPoints|cert_ocspURL|DNS_CAArecord|cert_expirationStatus|cert_notAfter|cert_extlifeSpan)/;
/** Without these the scan was cut short. */
const LOOKED_AT = [/^TLS1$/, /^TLS1_3$/, /^P?FS$/, /^heartbleed$/, /^HSTS_time$/, /^LUCKY13$/];
const SLOW = 1_000;
const ROUNDS = 3;

export async function edge(place) {
  const { compose, fresh, connect } = composeOf(place);
  const client = connect(await fresh());

  await check('testssl finds nothing of MEDIUM or above but what a test certificate causes', async () => {
    const report = `${place.root}/.cache/deploy-test/testssl.json`;
    rmSync(report, { force: true });
    const { code } = await run('testssl', ['--quiet', '--color', '0', '--ip', '127.0.0.1', '--jsonfile', report, `${SERVER_NAME}:${PORT}`], { allowed: true, milliseconds: 300_000 }).catch(() => ({ code: 127 })); // prettier-ignore
    if (code === 127) throw new NotRun('testssl is not installed');
    const findings = JSON.parse(readFileSync(report, 'utf8'));
    const missing = LOOKED_AT.filter((id) => !findings.some((finding) => id.test(finding.id)));
    expect(missing.length === 0, `these were not looked at: ${missing.join(', ')}`);
    // The page is compressed and the same for everyone; what is somebody's must not be (BREACH).
    for (const path of ['/v1/queue', '/v1/jobs']) {
      const { headers } = await client.request('GET', path, { headers: { 'Accept-Encoding': 'gzip, br' } });
      expect(headers['content-encoding'] === undefined, `${path} is compressed`);
    }
    const grave = findings.filter(
      ({ id, severity }) => GRAVE.has(severity) && !OF_THE_TEST_CERTIFICATE.test(id) && id !== 'BREACH',
    );
    expect(grave.length === 0, grave.map(({ id, severity, finding }) => `${id} ${severity} ${finding}`).join('; '));
    const offered = Object.fromEntries(findings.map(({ id, finding }) => [id, finding]));
    expect(/not offered/.test(offered.TLS1) && /not offered/.test(offered.TLS1_1), 'an old TLS is offered');
    return `${findings.length} findings, none grave; TLS 1.3: ${offered.TLS1_3}`;
  });

  await check(`${SLOW} slow connections: p99 of normal requests stays below twice the baseline`, async () => {
    const nginx = await docker(
      'ps',
      '--quiet',
      '--filter',
      `label=com.docker.compose.project=${PROJECT}`,
      '--filter',
      'label=flashcards.part=nginx',
    );
    const address = await docker(
      'inspect',
      '--format',
      `{{(index .NetworkSettings.Networks "${PROJECT}_public").IPAddress}}`,
      nginx,
    );
    await measure(client, 200);
    const rounds = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const quiet = await measure(client, 500);
      const attack = await docker(
        'run',
        '--detach',
        '--rm',
        '--network',
        `${PROJECT}_public`,
        '--volume',
        `${place.root}/test/deploy/slow-clients.cjs:/slow.cjs:ro`,
        'node:24-bookworm-slim',
        'node',
        '/slow.cjs',
        address,
        '8443',
        SERVER_NAME,
        String(SLOW),
        '60',
      );
      try {
        await eventually(
          async () => Number(/(\d+) opened\s*$/.exec(await docker('logs', attack))?.[1] ?? 0) >= SLOW,
          40,
          `${SLOW} slow connections were opened`,
        );
        rounds.push({ quiet, attacked: await measure(client, 500) });
      } finally {
        await docker('kill', attack);
      }
      await sleep(1_000);
    }
    const ratio = percentile(
      rounds.map(({ quiet, attacked }) => attacked / quiet),
      0.5,
    );
    const said = rounds.map(({ quiet, attacked }) => `${quiet.toFixed(1)} -> ${attacked.toFixed(1)} ms`).join(', ');
    expect(ratio < 2, said);
    return said;
  });

  client.close();
  await compose('down', '--volumes', '--timeout', '30');
}

/** p99 in milliseconds of requests one after the other. */
async function measure(client, count) {
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const start = performance.now();
    const { status } = await client.request('GET', '/v1/queue');
    expect(status === 200, `a normal request was answered ${status}`);
    times.push(performance.now() - start);
  }
  return percentile(times, 0.99);
}
