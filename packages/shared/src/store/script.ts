import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { gathered } from '../runtime/gather';
import { declareKeys } from './keys';
import { type Reader, isTable } from './shape';

/** A Redis, and the prefix of our keys in it. */
export interface Keyspace {
  readonly redis: Redis;
  readonly prefix: string;
}

type Value = string | number | boolean | undefined | readonly Value[] | { readonly [name: string]: Value };

/**
 * What a script is given by name, as JSON: `cjson.decode` costs less than MessagePack and than names and values in turn.
 * Without null, which in Lua is neither nil nor false.
 */
export type Named = Readonly<Record<string, Value>>;

/** What a call needs of one script: names, and behind them the large texts, which are not to be escaped. */
export type Message = readonly [named: Named, ...texts: string[]];

/** How the answer is read: a JSON object, with as many large texts or lists behind it as have names here. */
export interface AnswerCodec<T> {
  readonly read: Reader<T>;
  readonly behind?: readonly string[];
}

/** One of the store's scripts, by its path in this folder without `.lua`: `jobs/take`. */
export function defineScript<T>(keyspace: Keyspace, path: string, answer: AnswerCodec<T>) {
  const run = createRunner(keyspace, path);
  return async (...message: Message): Promise<T> => readAnswer(answer, await run(packed(message)));
}

/** A script that does the same for many: what is asked for in one turn goes in one call. */
export function defineGatheredScript<I, T>(
  keyspace: Keyspace,
  path: string,
  { context = {}, pack, ...answer }: { context?: Named; pack(item: I): Message } & AnswerCodec<T>,
): (item: I) => Promise<T> {
  const run = createRunner(keyspace, path);
  const first = JSON.stringify(context);
  return gathered(MAX_TOGETHER, async (items: readonly I[]) => {
    const answers = await run([first, ...items.flatMap((item) => packed(pack(item)))]);
    if (!Array.isArray(answers)) throw new TypeError(`${path}.lua answered no list.`);
    return answers.map((one) => readAnswer(answer, one));
  });
}

/**
 * Jobs in one call of a script. With the longest texts these are some megabytes, and a millisecond or two of Redis' time,
 * in which a busy process continues with the next.
 */
const MAX_TOGETHER = 16;

const packed = ([named, ...texts]: Message): string[] => [JSON.stringify(named), ...texts];

function readAnswer<T>({ read, behind = [] }: AnswerCodec<T>, answer: unknown): T {
  const parts: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const [named, ...rest] = parts;
  const value: unknown = typeof named === 'string' ? JSON.parse(named) : named;
  if (isTable(value)) for (const [i, name] of behind.entries()) value[name] = rest[i];
  return read(value, 'answer');
}

/** Redis keeps the text of a script; it is sent only where Redis does not know it (any more). */
function createRunner({ redis, prefix }: Keyspace, path: string): (args: string[]) => Promise<unknown> {
  const lua = readScript(path);
  const sha = createHash('sha1').update(lua).digest('hex');
  return (args) =>
    redis.evalsha(sha, 1, prefix, ...args).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(lua, 1, prefix, ...args);
    });
}

const INCLUDE = /^-- @include (\S+)\n/gm;
const COMMENT = /^ *--.*\n/gm;
/** A function of a file, on one line or up to an `end` at the start of a line. */
const FUNCTION = /^local function (\w+)\((?:.* end|[^]*?\nend)\n/gm;

/** The text of a script: the keys that it names, and of the files that it includes, each once, what it uses. */
export function readScript(path: string, directory = __dirname): string {
  const parts: string[] = [];
  const read = new Set<string>();
  function add(file: string): void {
    if (read.has(file)) return;
    read.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, included = ''] of text.matchAll(INCLUDE)) add(join(dirname(file), `${included}.lua`));
    parts.push(text.replace(COMMENT, ''));
  }
  add(join(directory, `${path}.lua`));
  const script = withoutUnused(parts.join('\n'));
  return declareKeys(script) + script;
}

/** Without the functions that nothing calls: Redis would make each of them in every call. */
function withoutUnused(script: string): string {
  const uses = new Map<string, number>();
  for (const [name] of script.matchAll(/\w+/g)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const used = script.replace(FUNCTION, (whole, name: string) => ((uses.get(name) ?? 0) > 1 ? whole : ''));
  return used === script ? script : withoutUnused(used);
}
