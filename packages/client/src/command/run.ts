import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Flashcards } from '../client';
import { ApiError, ConnectionError, WaitTimeoutError } from '../failures';
import { HELP } from './help';
import { cancel, cards, erase, jobs } from './jobs';
import { follow, make, retry } from './make';
import { type Call, EXIT, type Environment, UsageError, connectionOf, text } from './settings';
import { OutputError, type Terminal, plain } from './terminal';
import { read } from '../requests';
import { usage } from './usage';

const word = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OUTPUT = { output: { ...word, short: 'o' }, format: word, force: flag } as const;
const EVERYWHERE = { url: word, json: flag, help: { ...flag, short: 'h' } } as const;
const MAKING = {
  ...OUTPUT,
  ...{ cards: word, types: word, lang: word, difficulty: word, answers: word, focus: word, title: word, tags: word },
  ...{ model: word, fresh: flag, detach: flag, timeout: word },
} as const;

interface Command {
  readonly run: (call: Call) => Promise<number>;
  readonly options: NonNullable<ParseArgsConfig['options']>;
}
const COMMANDS: Readonly<Record<string, Command>> = {
  make: { run: make, options: MAKING },
  follow: { run: follow, options: { ...OUTPUT, timeout: word } },
  cards: { run: cards, options: OUTPUT },
  jobs: { run: jobs, options: { status: word, limit: word } },
  retry: { run: retry, options: { ...OUTPUT, detach: flag, timeout: word } },
  cancel: { run: cancel, options: {} },
  erase: { run: erase, options: {} },
  usage: { run: usage, options: { days: word } },
};

/** Runs the command and returns its exit code. Every failure is one clear line. */
export async function run(
  words: readonly string[],
  environment: Environment,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const [name = 'help', ...rest] = words;
  if (['help', '--help', '-h'].includes(name)) {
    await terminal.out(HELP);
    return words.length > 0 ? EXIT.ok : EXIT.usage;
  }
  try {
    const command = COMMANDS[name];
    if (!command)
      throw new UsageError(`There is no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
    const { values: options, positionals } = parsed(command, rest);
    if (options['help'] === true) {
      await terminal.out(HELP);
      return EXIT.ok;
    }
    const client = new Flashcards(connectionOf(text({ options }, 'url'), environment));
    return await command.run({ words: positionals, options, client, terminal, signal });
  } catch (error) {
    return report(error, terminal, signal);
  }
}

function parsed(command: Command, args: readonly string[]) {
  const options = { ...EVERYWHERE, ...command.options };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(read(error, 'message').split('. ')[0]);
  }
}

function report(error: unknown, terminal: Terminal, signal: AbortSignal): number {
  if (signal.aborted) return EXIT.interrupted;
  if (error instanceof UsageError) {
    terminal.say(`${error.message}\nAll commands and options: flashcards help`);
    return EXIT.usage;
  }
  if (error instanceof WaitTimeoutError) {
    terminal.say(`${error.message} To see it: flashcards follow ${error.jobId}`);
    return EXIT.timedOut;
  }
  if (error instanceof ApiError) return refused(error, terminal);
  if (error instanceof ConnectionError) {
    terminal.say(`${error.message}\nIs the server running (npm start)? Another address: --url or FLASHCARDS_URL.`);
    return EXIT.unreachable;
  }
  if (error instanceof OutputError) {
    terminal.say(error.message);
    return EXIT.unwritten;
  }
  throw error;
}

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'Set FLASHCARDS_API_KEY, or FLASHCARDS_API_KEY_FILE.',
  403: 'Use an API key with that scope.',
};

function refused(
  { status, code, message, errors, requestId, retryAfterSeconds }: ApiError,
  terminal: Terminal,
): number {
  terminal.say(`${plain(message)} (${code}, ${status})`);
  for (const { pointer, detail } of errors) terminal.say(`  ${plain(pointer)} ${plain(detail)}`);
  const hint = BY_STATUS[status];
  if (hint) terminal.say(hint);
  if (status === 429 && retryAfterSeconds) terminal.say(`Try again in ${Math.ceil(retryAfterSeconds)} s.`);
  if (status < 500) return EXIT.refused;
  if (requestId) terminal.say(`Request id: ${requestId}`);
  return EXIT.unreachable;
}
