import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '@flashcards/shared/contract/errors';
import type { DeckFile, Format } from '@flashcards/shared/formats/format';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { within } from '@flashcards/shared/runtime/time';
import type { RenderAnswer, RenderRequest } from './render-process';

/** What a heavy file may take, waiting included, in seconds. */
export const HEAVY_SECONDS = 10;
const RENDER_MS = 8_000;
const IDLE_MS = 10_000;
const MAX_WAITING = 32;
const MAX_MEGABYTES = 128;

export type DeckFiles = ReturnType<typeof createDeckFiles>;
type Body = string | Uint8Array;

/**
 * Renders decks: light formats at once, heavy ones in a process beside the API, one after the other. So the API goes on
 * answering, and files take at most one core. The process starts with the first file and ends after 10 s without one,
 * which frees all of its memory. It sees no setting of the API, and is killed when a file takes too long.
 */
export function createDeckFiles() {
  let renderer: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  function stop(): void {
    clearTimeout(idle);
    renderer?.kill('SIGKILL');
    renderer = undefined;
  }

  function start(): ChildProcess {
    const started = fork(join(__dirname, 'render-process.js'), {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${MAX_MEGABYTES}`],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const gone = (): void => {
      if (renderer === started) renderer = undefined;
    };
    return started.on('exit', gone).on('error', gone);
  }

  async function besides(request: RenderRequest): Promise<Body> {
    clearTimeout(idle);
    const child = (renderer ??= start());
    try {
      const answer = await within(RENDER_MS, answerOf(child, request), late);
      if (answer.kind === 'failed') throw answer.failure;
      return answer.body;
    } catch (cause) {
      stop();
      throw cause instanceof AppError ? cause : new AppError('internal', 'The file could not be made.', {}, { cause });
    } finally {
      idle = setTimeout(stop, IDLE_MS).unref();
    }
  }

  function heavy(request: RenderRequest, hungUp: AbortSignal): Promise<Body> {
    if (waiting >= MAX_WAITING)
      throw new AppError('overloaded', 'Too many files are being made. Try again in 2 s.', { retryAfterSeconds: 2 });
    waiting += 1;
    // A client that left while it waited needs no file.
    const turn = last.then(() => (hungUp.aborted ? '' : besides(request))).finally(() => (waiting -= 1));
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    async render(format: FormatName, file: DeckFile, hungUp: AbortSignal): Promise<Body> {
      const row: Format = FORMATS[format];
      return row.heavy ? heavy({ format, file }, hungUp) : row.render(file);
    },
    close: stop,
  };
}

const late = (): AppError =>
  new AppError('overloaded', 'Making this file takes too long. Try again in 5 s.', { retryAfterSeconds: 5 });

function answerOf(renderer: ChildProcess, request: RenderRequest): Promise<RenderAnswer> {
  return new Promise((resolve, reject) => {
    const quiet = (): void => void renderer.off('message', onMessage).off('error', onError).off('exit', onExit);
    const onMessage = (answer: RenderAnswer): void => (quiet(), resolve(answer));
    const onError = (error: Error): void => (quiet(), reject(error));
    const onExit = (code: number | null): void => (quiet(), reject(new Error(`The renderer ended with ${code}.`)));
    renderer.on('message', onMessage).on('error', onError).on('exit', onExit);
    renderer.send(request, (error) => error && onError(error));
  });
}
