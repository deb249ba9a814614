import { parseArgs } from 'node:util';
import { Flashcards } from '../client';
import { ApiError, ConnectionError, WaitTimeoutError } from '../failures';
import { HELP } from './help';
import { cancel, cards, erase, jobs } from './jobs';
import { follow, make, retry } from './make';
import { type Call, EXIT, type Environment, UsageError, connectionOf } from './settings';
import { OutputError, type Terminal, plain } from './terminal';
import { usage } from './usage';

const COMMANDS: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  make,
  follow,
  cards,
  jobs,
  retry,
  cancel,
  erase,
  usage,
};
const word = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OUTPUT = { output: { ...word, short: 'o' }, format: word, force: flag } as const;
const EVERYWHERE = { url: word, json: flag, help: { ...flag, short: 'h' } } as const;
const OPTIONS = {
  make: {
    ...OUTPUT,
    ...{ cards: word, types: word, lang: word, difficulty: word, answers: word, focus: word, title: word, tags: word },
    ...{ model: word, fresh: flag, detach: flag, timeout: word },
  },
  follow: { ...OUTPUT, timeout: word },
  cards: OUTPUT,
  jobs: { status: word, limit: word },
  retry: { ...OUTPUT, detach: flag, timeout: word },
  cancel: {},
  erase: {},
  usage: { days: word },
} as const;

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
    const { values, positionals } = parsed(name as keyof typeof OPTIONS, rest);
    if (values['help'] === true) {
      await terminal.out(HELP);
      return EXIT.ok;
    }
    const client = new Flashcards(connectionOf(values['url'] as string | undefined, environment));
    return await command({ words: positionals, options: values, client, terminal, signal });
  } catch (error) {
    return report(error, terminal, signal);
  }
}

function parsed(name: keyof typeof OPTIONS, args: readonly string[]) {
  const options = { ...EVERYWHERE, ...OPTIONS[name] };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Call['options'], positionals };
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
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
