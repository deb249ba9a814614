import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';

/** A script's call: the prefix of every key first, then its arguments. */
export type ScriptCommand = (prefix: string, ...args: (string | number)[]) => Promise<unknown>;

/** Makes a command of a script of the store, named by its path in this folder without `.lua`: `jobs/take`. */
export function defineScript(redis: Redis, path: string): ScriptCommand {
  const command = `flashcards_${path.replace(/\W/g, '_')}`;
  redis.defineCommand(command, { numberOfKeys: 1, lua: readScript(path) });
  const call = (redis as unknown as Record<string, ScriptCommand>)[command] as ScriptCommand;
  return call.bind(redis);
}

const INCLUDE = /^-- @include (\S+)\n/gm;

/** The text of a script with what it includes in front of it, each file once and after those it includes itself. */
export function readScript(path: string, directory = __dirname): string {
  const parts: string[] = [];
  const read = new Set<string>();
  function add(file: string): void {
    if (read.has(file)) return;
    read.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, included = ''] of text.matchAll(INCLUDE)) add(join(dirname(file), `${included}.lua`));
    parts.push(text.replace(INCLUDE, ''));
  }
  add(join(directory, `${path}.lua`));
  return parts.join('\n');
}
