import { readFileSync } from 'node:fs';
import type { Flashcards } from '../client';
import type { Terminal } from './terminal';

/** What a command was called with: its words, its options as given, and what it may use. */
export interface Call {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly client: Flashcards;
  readonly terminal: Terminal;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The caller's mistake: what is wrong, and what would be right. */
export class UsageError extends Error {}

/** Exit codes; documented in `docs/clients.md` and in `flashcards help`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  timedOut: 5,
  unwritten: 6,
  interrupted: 130,
} as const;

export interface Environment {
  readonly FLASHCARDS_URL?: string;
  readonly FLASHCARDS_API_KEY?: string;
  readonly FLASHCARDS_API_KEY_FILE?: string;
}

export const DEFAULT_URL = 'http://127.0.0.1:8000';
export const TIMEOUT_SECONDS = 600;
export const USAGE_DAYS = 7;

/** Where the API is and with which key. A key is never taken from the command line, where every process sees it. */
export function connectionOf(
  given: string | undefined,
  environment: Environment,
): { baseUrl: string; apiKey: string | undefined } {
  const baseUrl = given ?? (environment.FLASHCARDS_URL || DEFAULT_URL);
  if (!/^https?:\/\/[^\s]+$/.test(baseUrl))
    throw new UsageError(`"${baseUrl}" is not an http or https URL. Example: ${DEFAULT_URL}`);
  const apiKey = environment.FLASHCARDS_API_KEY || keyIn(environment.FLASHCARDS_API_KEY_FILE);
  return { baseUrl, apiKey };
}

function keyIn(file: string | undefined): string | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UsageError(`FLASHCARDS_API_KEY_FILE names ${file}, which cannot be read.`);
  }
}

export function text(call: Pick<Call, 'options'>, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function whole(call: Call, name: string): number | undefined {
  const value = text(call, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${name} must be a whole number, not "${value}".`);
  return Number(value);
}

/** Values of a list: `--tags a,b`. */
export const list = (call: Call, name: string): string[] | undefined =>
  text(call, name)
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** The id of the one job that the command is about. */
export function onlyJob({ words }: Call): string {
  const [id, other] = words;
  if (id === undefined) throw new UsageError('The id of a job is missing. `flashcards jobs` lists yours.');
  if (other !== undefined) throw new UsageError(`The command takes one job; "${other}" is one too many.`);
  return id;
}

/** Refuses arguments of a command that has none. */
export function noWords({ words: [word] }: Call, command: string): void {
  if (word !== undefined) throw new UsageError(`flashcards ${command} takes only options, not "${word}".`);
}
