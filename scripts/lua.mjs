// Checks each script of the store as it is loaded, with its keys and includes: syntax, names that nothing declares (a name
// that is assigned but not declared would become a global), and arguments read by number past three.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import luaparse from 'luaparse';

const require = createRequire(import.meta.url);
const { readScript } = require('../packages/shared/dist/store/script.js');

const STORE = 'packages/shared/src/store';
/** What Redis gives a script. */
const GIVEN = new Set(
  'redis cjson cmsgpack KEYS ARGV math string table ipairs pairs next select unpack tonumber tostring type'.split(' '),
);
const LAST_POSITION = 3;

const paths = readdirSync(STORE, { recursive: true })
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.slice(0, -'.lua'.length));

/** Names that nothing declares; those that are assigned become globals, which Redis refuses when the script runs. */
const undeclared = ({ globals }) =>
  globals.filter(({ name }) => !GIVEN.has(name)).map((node) => [node, `${node.name} is not declared`]);

const numbered = (nodes) =>
  nodes
    .filter(
      ({ type, base, index }) => type === 'IndexExpression' && base.name === 'ARGV' && index.value > LAST_POSITION,
    )
    .map((node) => [node, `ARGV[${node.index.value}] has no name: put it into the JSON before it`]);

function faultsOf(path) {
  const lua = readScript(path, STORE);
  const nodes = [];
  const found = (line, fault) => `${path}.lua: ${fault}\n    ${lua.split('\n')[line - 1]?.trim()}`;
  try {
    const options = { luaVersion: '5.1', scope: true, locations: true, onCreateNode: (node) => nodes.push(node) };
    const tree = luaparse.parse(lua, options);
    return [...undeclared(tree), ...numbered(nodes)].map(([node, fault]) => found(node.loc.start.line, fault));
  } catch (error) {
    return [found(error.line, error.message)];
  }
}

const faults = paths.flatMap(faultsOf);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
