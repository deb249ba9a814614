// npm run test:mutation -- [group ...]: breaks the code that must not be wrong in every small way, and counts which of
// it a test notices. Ends with 1 where fewer than 85 % of a group's are noticed.
import { existsSync, readFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { findServer } from '../../scripts/local/redis.mjs';
import { GROUPS } from './groups.mjs';

/** What is the same for every part: see Stryker's manual. */
const OPTIONS = /** @type {ConstructorParameters<typeof Stryker>[0]} */ (
  JSON.parse(readFileSync(new URL('options.json', import.meta.url), 'utf8'))
);
const LEAST_PERCENT = 85;
const NOTICED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];

const chosen = process.argv.slice(3);
const unknown = chosen.find((group) => !(group in GROUPS));
if (unknown) stop(2, `There is no group ${unknown}: ${Object.keys(GROUPS).join(', ')}.`);
const redis = findServer();
if (!redis) stop(1, 'No Redis was found to test with: apt-get install redis-server');
Object.assign(process.env, { REDIS_SERVER: redis.path, REDIS_SERVER_LD_LIBRARY_PATH: redis.env.LD_LIBRARY_PATH ?? '' });

/** @param {string} file */
const besideOf = (file) => file.replace(/\.ts$/, '.test.ts');

/**
 * How many mutants of a part were noticed, of how many. Prints what nobody noticed.
 * @param {import('./groups.mjs').Part} part
 */
async function mutate([files, tests = files.map(besideOf).filter((file) => existsSync(file))]) {
  process.env.MUTATION_TESTS = tests.join(' ');
  const mutants = await new Stryker({
    ...OPTIONS,
    mutate: files,
  }).runMutationTest();
  for (const { status, fileName, location, mutatorName, replacement } of mutants)
    if (UNNOTICED.includes(status))
      console.log(
        `  ${fileName}:${location.start.line}:${location.start.column} ${mutatorName}: ${short(replacement)}`,
      );
  const count = (/** @type {string[]} */ statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const broken = mutants.filter(({ status }) => status === 'RuntimeError' || status === 'CompileError').length;
  if (broken > 0) console.log(`  ${broken} could not be run and are not counted`);
  return { noticed: count(NOTICED), late: count(['Timeout']), all: count([...NOTICED, ...UNNOTICED]) };
}

const short = (text = '') => text.replace(/\s+/g, ' ').slice(0, 60);

/** @type {string[]} */
const lines = [];
for (const [name, parts] of Object.entries(GROUPS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const start = Date.now();
  console.log(`${name}: what nobody notices`);
  let [noticed, late, all] = [0, 0, 0];
  for (const part of parts) {
    const counts = await mutate(part);
    noticed += counts.noticed;
    late += counts.late;
    all += counts.all;
  }
  const percent = (100 * noticed) / all;
  const well = percent >= LEAST_PERCENT;
  const seconds = Math.round((Date.now() - start) / 1_000);
  const found = `${percent.toFixed(1)} % of ${all} noticed, ${late} by their time-out`;
  lines.push(`${well ? 'ok    ' : 'FAILED'} ${name}: ${found} (${seconds} s)`);
  console.log(lines.at(-1));
  if (!well) process.exitCode = 1;
}
// Once more, below what nobody noticed of each.
if (lines.length > 1) console.log(`\n${lines.join('\n')}`);

/**
 * @param {number} code
 * @param {string} message
 * @returns {never}
 */
function stop(code, message) {
  console.error(message);
  process.exit(code);
}
