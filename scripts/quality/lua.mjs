// Checks each script of the store as it is loaded, with its keys and includes: syntax, names that nothing declares (a name
// that is assigned but not declared would become a global), and arguments read by number past three.
import { readdirSync } from 'node:fs';
import luaparse from 'luaparse';
import { readScript } from '../../packages/shared/dist/store/script.js';
import { messageOf } from '../errors.mjs';

const STORE = 'packages/shared/src/store';
/** What Redis gives a script. */
const GIVEN = new Set(
  'redis cjson cmsgpack KEYS ARGV math string table ipairs pairs next select unpack tonumber tostring type'.split(' '),
);
const LAST_POSITION = 3;

const paths = readdirSync(STORE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.slice(0, -'.lua'.length));

/** @typedef {{ line: number, fault: string }} Fault */

/**
 * Names that nothing declares; those that are assigned become globals, which Redis refuses when the script runs.
 * @param {luaparse.Identifier[]} globals
 * @returns {Fault[]}
 */
const undeclared = (globals) =>
  globals
    .filter(({ name }) => !GIVEN.has(name))
    .map(({ name, loc }) => ({ line: loc?.start.line ?? 0, fault: `${name} is not declared` }));

/**
 * @param {luaparse.Node} node
 * @returns {Fault[]}
 */
function numbered(node) {
  if (node.type !== 'IndexExpression' || node.index.type !== 'NumericLiteral') return [];
  const { base, index, loc } = node;
  if (base.type !== 'Identifier' || base.name !== 'ARGV' || index.value <= LAST_POSITION) return [];
  const fault = `ARGV[${index.value}] has no name: put it into the JSON before it`;
  return [{ line: loc?.start.line ?? 0, fault }];
}

/** @param {string} path */
function faultsOf(path) {
  const lua = readScript(path, STORE);
  /** @type {luaparse.Node[]} */
  const nodes = [];
  const found = (/** @type {Fault} */ { line, fault }) =>
    `${path}.lua: ${fault}\n    ${lua.split('\n')[line - 1]?.trim()}`;
  try {
    const { globals = [] } = /** @type {{ globals?: luaparse.Identifier[] }} */ (
      luaparse.parse(lua, {
        luaVersion: '5.1',
        scope: true,
        locations: true,
        onCreateNode: (node) => void nodes.push(node),
      })
    );
    return [...undeclared(globals), ...nodes.flatMap(numbered)].map(found);
  } catch (error) {
    const line = error instanceof Error && 'line' in error ? Number(error.line) : 0;
    return [found({ line, fault: messageOf(error) })];
  }
}

const faults = paths.flatMap(faultsOf);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
