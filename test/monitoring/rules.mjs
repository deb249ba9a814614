// The alerts' unit tests, by promtool: every alert fires at its minute and not before, and stays silent just below.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CASES } from '../../monitoring/prometheus/tests/cases.mjs';

const RULES = resolve('monitoring/prometheus/rules');
const FROM_ALERT = /^ *- alert: (\w+)/gm;

/** The names of all alerts in the rules. */
export const alertNames = () => [...ruleText().matchAll(FROM_ALERT)].map(([, name = '']) => name);
export const ruleText = () => ruleFiles().map((file) => readFileSync(file, 'utf8')).join('\n'); // prettier-ignore
const ruleFiles = () => readdirSync(RULES).filter((name) => name.endsWith('.yml')).map((name) => join(RULES, name)); // prettier-ignore

/** @param {string} text */
const quote = (text) => `'${text.replaceAll("'", "''")}'`;

/**
 * One test for promtool: `minutes` are asked, and only those in `firing` may fire.
 * @param {string} alert
 * @param {import('../../monitoring/prometheus/tests/cases.mjs').Series[]} series
 * @param {number[]} minutes
 * @param {number[]} firing
 */
function testOf(alert, series, minutes, firing) {
  const inputs = series.map(([name, values]) => `      - { series: ${quote(name)}, values: ${quote(values)} }`);
  const samples = minutes.map(
    (minute) => `      - expr: 'count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)'
        eval_time: ${minute}m
        exp_samples: [{ labels: '{}', value: ${firing.includes(minute) ? 1 : 0} }]`,
  );
  return [
    '  - interval: 1m',
    `    name: ${alert}`,
    '    input_series:',
    ...inputs,
    '    promql_expr_test:',
    ...samples,
  ].join('\n');
}

/** Runs promtool over all cases; throws with what it says. */
export function testRules() {
  const dir = mkdtempSync(join(tmpdir(), 'flashcards-rules-'));
  try {
    const file = join(dir, 'alerts.yml');
    const tests = CASES.flatMap(({ alert, at, fires, quiet }) => [
      testOf(alert, fires, at > 0 ? [at - 1, at] : [at], [at]),
      ...(quiet ? [testOf(alert, quiet, [at, at + 1, at + 5], [])] : []),
    ]);
    writeFileSync(file, `rule_files: [${ruleFiles().map(quote).join(', ')}]\nevaluation_interval: 1m\ngroup_eval_order: [flashcards-sli, flashcards-rates, flashcards-slo, flashcards-causes]\ntests:\n${tests.join('\n')}\n`); // prettier-ignore
    execFileSync('promtool', ['check', 'rules', ...ruleFiles()], { stdio: ['ignore', 'ignore', 'pipe'] });
    execFileSync('promtool', ['test', 'rules', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    return tests.length;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
