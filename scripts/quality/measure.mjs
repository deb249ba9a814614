// npm run measure [-- --repo DIR]: how large, how typed, how checked and how readable the code is, in figures that can
// be compared from one commit to another.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { MAX_WORDS, isChecked } from './prose-rules.mjs';
import { sentencesOf, wordsIn } from './sentences.mjs';

/** @typedef {{ path: string, text: string }} File */

const { values } = parseArgs({ args: process.argv.slice(3), options: { repo: { type: 'string', default: '.' } } });
const MAX_FILE_LINES = 300;
/** Words of the rename table as parts of identifiers; where the word is the field's, the path is left out. */
const OLD_WORDS =
  /^(bells?|rings?|rung|rang|hear|hears|heard|hearers?|doors?|pressure|suspects?|ladder|descend|wish|wishes|begun|anew|told|tells?|settle|settles|presence|milliseconds|most)$/;
const TYPES_OF_OLD = /^(Wish|Terms|Asked|Begun|Again|Seen|Told|Making|Standing|Cell|Rung|Place|Turn)$/;
const WORDS_LEFT_OUT =
  /^packages\/openrouter-standin\/src\/(extractive|fixtures|content)\/|\/words\/|^scripts\/quality\/prose-rules/;
/** Names that are not ours to change: a ring of keys, Joi's word, a process of deployments, a reason that clients read. */
const NAMES_LEFT_OUT = /keyRing|^presence$|scaleDoor|^cloze_hides_most$/i;

/** @returns {File[]} */
function trackedFiles() {
  const names = execFileSync('git', ['-C', values.repo, 'ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  return names
    .filter((path) => /\.(ts|tsx|mjs|cjs|lua|css|md)$/.test(path) && existsSync(join(values.repo, path)))
    .map((path) => ({ path, text: readFileSync(join(values.repo, path), 'utf8') }));
}

const isTest = (/** @type {string} */ path) => /\.(test|suite)\.tsx?$|^test\//.test(path);
const isSource = (/** @type {string} */ path) => /^(packages|services)\/[^/]+\/src\//.test(path) && !isTest(path);
const isTypeScript = (/** @type {string} */ path) => /\.tsx?$/.test(path);
const isScript = (/** @type {string} */ path) => /\.(tsx?|mjs|cjs)$/.test(path);
const lines = (/** @type {string} */ text) => text.split('\n').length - 1;
const count = (/** @type {readonly File[]} */ files, /** @type {RegExp} */ pattern) =>
  files.reduce((sum, { text }) => sum + (text.match(pattern) ?? []).length, 0);

/** Lines of each function, from its signature to its closing brace. @param {readonly File[]} files */
function functionLines(files) {
  /** @type {number[]} */
  const sizes = [];
  for (const { path, text } of files) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    /** @param {ts.Node} node */
    const visit = (node) => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body) {
        const [from, to] = [node.getStart(source), node.end].map((at) => source.getLineAndCharacterOfPosition(at).line);
        sizes.push(Number(to) - Number(from) + 1);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return sizes.sort((a, b) => a - b);
}

/** Casts and other ways around the compiler. @param {readonly File[]} files */
function escapes(files) {
  let found = count(files, /@ts-(expect-error|ignore)/g);
  for (const { path, text } of files) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    /** @param {ts.Node} node */
    const visit = (node) => {
      const isConst = ts.isAsExpression(node) && node.type.getText(source) === 'const';
      const isEscape =
        ts.isAsExpression(node) || ts.isNonNullExpression(node) || node.kind === ts.SyntaxKind.AnyKeyword;
      if (isEscape && !isConst) found += 1;
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** Entries of the fullest folder: tests beside their code apart, and a script with its codec as one. @param {readonly File[]} files */
function fullestFolder(files) {
  /** @type {Map<string, Set<string>>} */
  const folders = new Map();
  for (const { path } of files.filter(({ path }) => !/\.(test|suite)\.tsx?$/.test(path) || path.startsWith('test/'))) {
    for (let at = path; at !== '.'; at = dirname(at)) {
      const folder = dirname(at);
      if (!folders.has(folder)) folders.set(folder, new Set());
      folders.get(folder)?.add(basename(at).replace(/\.\w+$/, ''));
    }
  }
  const [name = '', entries = new Set()] = [...folders].sort(([, a], [, b]) => b.size - a.size)[0] ?? [];
  return `${entries.size} (${name})`;
}

/** Names whose words are of the old vocabulary. @param {readonly File[]} files */
function oldWords(files) {
  let found = 0;
  for (const { path, text } of files.filter(({ path }) => !WORDS_LEFT_OUT.test(path))) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    /** @param {ts.Node} node */
    const visit = (node) => {
      if (ts.isIdentifier(node) && isOld(node.text)) found += 1;
      // With the types of JSDoc, which `forEachChild` leaves out.
      node.getChildren(source).forEach(visit);
    };
    visit(source);
  }
  return found;
}

const isOld = (/** @type {string} */ name) =>
  !NAMES_LEFT_OUT.test(name) &&
  (TYPES_OF_OLD.test(name) ||
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[ _]/)
      .some((word) => OLD_WORDS.test(word)));

/** Lines of code that no linter reads: by the linter's own list and the folders that the check names. @param {readonly File[]} files */
function unlintedLines(files) {
  const read = (/** @type {string} */ path) =>
    existsSync(join(values.repo, path)) ? readFileSync(join(values.repo, path), 'utf8') : '';
  const check = read('scripts/check.mjs') + read('scripts/quality/check.mjs');
  const patterns = /"ignorePatterns": \[([^\]]*)\]/.exec(read('.oxlintrc.json'))?.[1] ?? '';
  const folders =
    /\[\s*bin\('oxlint'\)([^\]]*)\]/
      .exec(check)?.[1]
      ?.match(/'([^']+)'/g)
      ?.map((name) => name.slice(1, -1)) ?? [];
  const ignored = [/\.mjs$/, /\.cjs$/].filter((ending) => patterns.includes(`"**/*${String(ending).slice(2, -2)}"`));
  const luaIsRead = /lua/.test(check);
  const isRead = (/** @type {string} */ path) =>
    path.endsWith('.lua')
      ? luaIsRead
      : folders.some((folder) => folder === '.' || path.startsWith(folder)) &&
        !ignored.some((ending) => ending.test(path));
  return files
    .filter(({ path }) => /\.(ts|tsx|mjs|cjs|lua)$/.test(path) && !isRead(path))
    .reduce((sum, { text }) => sum + lines(text), 0);
}

/** Positional arguments and answers of scripts in Redis. @param {readonly File[]} files */
function positionalReads(files) {
  const lua = files.filter(({ path }) => path.endsWith('.lua'));
  const names = new Set(lua.map(({ path }) => path.replace(/\.lua$/, '')));
  const outside = files.filter(({ path }) => /\/store\/.*\.ts$/.test(path) && !names.has(path.replace(/\.ts$/, '')));
  return (
    count(lua, /ARGV\[(?:[4-9]|\d\d)\]|unpack\(ARGV/g) +
    count(outside, /\bas\s+(?:\[|\(string \| number\)|\(''|'[a-z]+' \| )/g)
  );
}

/** @param {readonly File[]} files */
function longSentences(files) {
  const pages = files.map(({ path }) => path).filter(isChecked);
  return pages.flatMap((path) => sentencesOf(join(values.repo, path))).filter(({ text }) => wordsIn(text) > MAX_WORDS)
    .length;
}

const all = trackedFiles();
const code = all.filter(({ path }) => !path.endsWith('.md'));
const source = code.filter(({ path }) => isSource(path));
const typed = source.filter(({ path }) => isTypeScript(path));
const sizes = functionLines(typed);
const at = (/** @type {number} */ share) => sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))];
const FIGURES = {
  'functions: median, 90 %, largest (lines)': `${at(0.5)}, ${at(0.9)}, ${sizes.at(-1)}`,
  [`files over ${MAX_FILE_LINES} lines`]: source.filter(
    ({ path, text }) => !path.endsWith('.css') && lines(text) > MAX_FILE_LINES,
  ).length,
  'entries of the fullest folder': fullestFolder(code),
  'casts, any, !, @ts-expect-error': escapes(typed),
  'linter switched off, in lines': count(code, /(?:oxlint|eslint)-disable/g),
  'prettier-ignore': count(code, /prettier-ignore/g),
  'unlinted lines': unlintedLines(code),
  'positional arguments and answers of scripts': positionalReads(source),
  'old words in names': oldWords(code.filter(({ path }) => isScript(path))),
  [`sentences over ${MAX_WORDS} words`]: longSentences(all),
  'lines of source without tests': source.reduce((sum, { text }) => sum + lines(text), 0),
};
for (const [name, figure] of Object.entries(FIGURES)) console.log(`${name.padEnd(46)} ${figure}`);
