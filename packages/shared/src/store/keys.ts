import { KEYS } from './key-table';
import { fill } from '../queue/template';

export { KEYS };

export type KeyName = keyof typeof KEYS;
type Parts<K extends string> = K extends `${string}{${string}}${infer Rest}`
  ? [part: string | number, ...Parts<Rest>]
  : [];

/** Makes the keys of one prefix: `key('job', id)`. */
export function createKeys(prefix: string) {
  return <N extends KeyName>(name: N, ...parts: Parts<(typeof KEYS)[N]['key']>): string =>
    `${prefix}:${fill(KEYS[name].key, parts.map(String))}`;
}

/** What scripts call it: `job_key(id)`, `fed_key`, `cancel_channel`. */
const luaName = (name: KeyName): string =>
  `${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_${KEYS[name].type === 'channel' ? 'channel' : 'key'}`;

/** `job:{id}` as an expression in Lua, behind the prefix. */
function luaOf(name: KeyName): string {
  const slots: string[] = [];
  const text = KEYS[name].key.replace(/\{(\w+)\}/g, (_, slot: string) => {
    slots.push(slot);
    return `' .. ${slot} .. '`;
  });
  const expression = `prefix .. ':${text}'`.replace(/ \.\. ''$/, '');
  return slots.length > 0
    ? `local function ${luaName(name)}(${slots.join(', ')}) return ${expression} end`
    : `local ${luaName(name)} = ${expression}`;
}

const DECLARATIONS = Object.keys(KEYS)
  .filter((name): name is KeyName => name in KEYS)
  .map((name) => ({
    pattern: new RegExp(`\\b${luaName(name)}\\b`),
    lua: luaOf(name),
  }));

/** Declares the names that a script uses, and no others: each costs a little in every call. */
export const declareKeys = (script: string): string =>
  [
    'local prefix = KEYS[1]',
    ...DECLARATIONS.filter(({ pattern }) => pattern.test(script)).map(({ lua }) => lua),
    '',
  ].join('\n');
