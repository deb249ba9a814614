// Finds regular expressions of the product's sources that take more time than a text is long. A judgement takes up to
// seconds, so it is kept: .cache/regular-expressions.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ALLOWED } from './allowed-expressions.mjs';
import { messageOf } from '../errors.mjs';
import { expressionsIn } from './find-expressions.mjs';
import { JUDGE, faultOf } from './linear.mjs';

const CACHE = '.cache/regular-expressions.json';
const SOURCES = ['packages/*/src/**/*.ts', 'packages/*/src/**/*.tsx', 'services/*/src/**/*.ts'];
/** Tests, and the stand-in of the model: it reads the texts of who runs it. */
const NOT_SERVED = /\.test\.ts$|^packages\/openrouter-standin\//;

const files = execFileSync('git', ['ls-files', '--', ...SOURCES.map((glob) => `:(glob)${glob}`)], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !NOT_SERVED.test(file));
const judged = readJudged();
/** @type {Record<string, string>} */
const kept = {};
const used = new Set();
const findings = [];
const expressions = expressionsIn(files.map((file) => [file, readFileSync(file, 'utf8')]));
for (const { file, line, code, source, flags } of expressions) {
  const allowed = ALLOWED.find((row) => row.file === file && code.includes(row.code));
  if (allowed) {
    used.add(allowed);
    continue;
  }
  const fault = source === undefined ? 'is known only when the program runs' : judge(source, flags);
  if (fault) findings.push(`${file}:${line} ${code.slice(0, 200)}\n    ${fault}`);
}
for (const row of ALLOWED)
  if (!used.has(row))
    findings.push(`scripts/quality/allowed-expressions.mjs allows what is not there: ${row.file} ${row.code}`);
mkdirSync('.cache', { recursive: true });
writeFileSync(CACHE, JSON.stringify({ judge: JUDGE, faults: kept }));
for (const finding of findings) console.log(finding);
console.log(`${findings.length} findings in ${expressions.length} regular expressions`);
if (findings.length > 0) {
  console.log('Change them, or say in scripts/quality/allowed-expressions.mjs why no text of a client or a model meets them.');
  process.exitCode = 1;
} // prettier-ignore

/**
 * @param {string} source
 * @param {string} flags
 */
function judge(source, flags) {
  const key = `/${source}/${flags}`;
  return (kept[key] ??= judged[key] ?? faultOf(source, flags) ?? '');
}

/** @returns {Record<string, string>} */
function readJudged() {
  try {
    const read = /** @type {{ judge: string, faults: Record<string, string> }} */ (
      JSON.parse(readFileSync(CACHE, 'utf8'))
    );
    return read.judge === JUDGE ? read.faults : {};
  } catch (error) {
    if (!messageOf(error).includes('ENOENT')) console.log(`${CACHE} cannot be read and is made again.`);
    return {};
  }
}
