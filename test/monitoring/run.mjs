// npm run test:monitoring: the rules by promtool, then the whole chain with Debian's Prometheus and Alertmanager.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { runJest } from '../../scripts/test/jest.mjs';
import { CASES } from '../../monitoring/prometheus/tests/cases.mjs';
import { alertNames, ruleText, testRules } from './rules.mjs';

const PROGRAMS = ['promtool', 'amtool', 'prometheus', 'prometheus-alertmanager'];
const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version']).error);
if (missing.length > 0) {
  console.error(`${missing.join(', ')} not found: apt-get install prometheus prometheus-alertmanager`);
  process.exit(1);
}

const wrong = [...withoutCases(), ...withoutRunbooks()];
if (wrong.length > 0) fail(wrong.join('\n'));
try {
  console.log(`${testRules()} tests of ${alertNames().length} alerts passed`);
} catch (error) {
  fail(messageOf(error));
}
const routes = spawnSync('amtool', ['check-config', 'monitoring/alertmanager/alertmanager.yml'], { encoding: 'utf8' });
if (routes.status !== 0) fail(routes.stderr);
console.log('routes: ok');

process.exit(await runJest(['--selectProjects', 'monitoring', '--runInBand']));

function withoutCases() {
  const tested = new Set(CASES.map(({ alert }) => alert));
  return alertNames().filter((name) => !tested.has(name)).map((name) => `${name} has no test`); // prettier-ignore
}

/** A link that leads nowhere is worse than none at three in the morning. */
function withoutRunbooks() {
  const anchors = new Set([...readFileSync('docs/runbooks.md', 'utf8').matchAll(/^### (\w+)$/gm)].map(([, title = '']) => title.toLowerCase())); // prettier-ignore
  return [...ruleText().matchAll(/runbook_url: docs\/runbooks\.md#(\w+)/g)]
    .filter(([, anchor = '']) => !anchors.has(anchor))
    .map(([link]) => `${link}: there is no such section`);
}

/**
 * What a program said that failed.
 * @param {unknown} error
 */
function messageOf(error) {
  const { stdout, stderr } = /** @type {{ stdout?: Buffer | null, stderr?: Buffer | null }} */ (error);
  return `${String(stdout ?? '')}${String(stderr ?? error)}`;
}

/**
 * @param {string} text
 * @returns {never}
 */
function fail(text) {
  console.error(text);
  process.exit(1);
}
