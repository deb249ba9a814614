// npm run test:mutation -- [group ...]: breaks the code that must not be wrong in every small way, and counts which of
// it a test notices. Ends with 1 where fewer than 85 % of a group's are noticed.
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { findServer } from '../../scripts/redis.mjs';
import { GROUPS } from './groups.mjs';

const LEAST_PERCENT = 85;
const NOTICED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];

const asked = process.argv.slice(3);
const unknown = asked.find((group) => !(group in GROUPS));
if (unknown) stop(2, `There is no group ${unknown}: ${Object.keys(GROUPS).join(', ')}.`);
const redis = findServer();
if (!redis) stop(1, 'No Redis was found to test with: apt-get install redis-server');
Object.assign(process.env, { REDIS_SERVER: redis.path, REDIS_SERVER_LD_LIBRARY_PATH: redis.env.LD_LIBRARY_PATH ?? '' });

const besideOf = (file) => file.replace(/\.ts$/, '.test.ts');

/** [noticed, all] of a part; tells what nobody noticed. */
async function mutate([files, tests = files.map(besideOf).filter((file) => existsSync(file))]) {
  process.env.MUTATION_TESTS = tests.join(' ');
  const mutants = await new Stryker({
    mutate: files,
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    jest: { projectType: 'custom', configFile: 'test/mutation/jest.config.cjs', enableFindRelatedTests: false },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 15_000,
    tempDirName: '.cache/mutation',
    ignorePatterns: ['**/dist', '.data', '.cache', '.stryker-tmp', 'bench', 'deploy', 'docs', 'monitoring'],
    disableTypeChecks: false,
    reporters: [],
    logLevel: 'error',
    allowConsoleColors: false,
  }).runMutationTest();
  for (const { status, fileName, location, mutatorName, replacement } of mutants)
    if (UNNOTICED.includes(status))
      console.log(
        `  ${fileName}:${location.start.line}:${location.start.column} ${mutatorName}: ${short(replacement)}`,
      );
  const count = (statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const broken = mutants.filter(({ status }) => status === 'RuntimeError' || status === 'CompileError').length;
  if (broken > 0) console.log(`  ${broken} could not be run and are not counted`);
  return [count(NOTICED), count([...NOTICED, ...UNNOTICED])];
}

const short = (text = '') => text.replace(/\s+/g, ' ').slice(0, 60);

const lines = [];
for (const [name, parts] of Object.entries(GROUPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const start = Date.now();
  console.log(`${name}: what nobody notices`);
  let [noticed, all] = [0, 0];
  for (const part of parts) {
    const counts = await mutate(part);
    noticed += counts[0];
    all += counts[1];
  }
  const percent = (100 * noticed) / all;
  const well = percent >= LEAST_PERCENT;
  const seconds = Math.round((Date.now() - start) / 1_000);
  lines.push(`${well ? 'ok    ' : 'FAILED'} ${name}: ${percent.toFixed(1)} % of ${all} noticed (${seconds} s)`);
  console.log(lines.at(-1));
  if (!well) process.exitCode = 1;
}
// Once more, below what nobody noticed of each.
if (lines.length > 1) console.log(`\n${lines.join('\n')}`);

function stop(code, message) {
  console.error(message);
  process.exit(code);
}
