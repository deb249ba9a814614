import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '@flashcards/shared/contract/errors';
import type { DeckFile, Format } from '@flashcards/shared/formats/format';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import type { Logger } from '@flashcards/shared/runtime/logger';
import { within } from '@flashcards/shared/runtime/time';
import type { RenderAnswer, RenderRequest } from './render-thread';

/** What a heavy file may take, waiting included, in seconds. */
export const HEAVY_SECONDS = 5;
const RENDER_MILLISECONDS = 3_000;
const IDLE_MILLISECONDS = 10_000;
/** More than one thread would take the cores that answer everybody else. */
const MOST_WAITING = 32;
const THREAD_MEGABYTES = 256;

export type DeckFiles = ReturnType<typeof createDeckFiles>;
type Body = string | Uint8Array;

/**
 * Renders decks: light formats at once, heavy ones in a thread, one after the other, so that the API goes on answering.
 * The thread starts with the first file and ends after 10 s without one: its memory is not there for those who never
 * ask. A file that takes too long ends with its thread.
 */
export function createDeckFiles(logger: Logger) {
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  function stop(): void {
    clearTimeout(idle);
    void thread?.terminate();
    thread = undefined;
  }

  function start(): Worker {
    const started = new Worker(join(__dirname, 'render-thread.js'), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
    started.on('error', (error) => logger.error('render_thread.failed', { error: error.message }));
    started.on('exit', () => {
      if (thread === started) thread = undefined;
    });
    return started;
  }

  async function inThread(request: RenderRequest): Promise<Body> {
    clearTimeout(idle);
    const asked = (thread ??= start());
    try {
      const answer = await within(RENDER_MILLISECONDS, answerOf(asked, request), () => new Error('late'));
      if ('failure' in answer)
        throw new AppError('internal', 'The file cannot be made.', {}, { cause: answer.failure });
      return answer.body;
    } catch (error) {
      stop();
      throw error;
    } finally {
      idle = setTimeout(stop, IDLE_MILLISECONDS).unref();
    }
  }

  async function heavy(request: RenderRequest, hungUp: AbortSignal): Promise<Body> {
    if (waiting >= MOST_WAITING)
      throw new AppError('overloaded', 'Too many files are being made.', { retryAfterSeconds: 2 });
    waiting += 1;
    const before = last;
    const turn = (async () => {
      await before.catch(() => undefined);
      // Whoever left needs no file.
      return hungUp.aborted ? '' : inThread(request);
    })();
    last = turn.catch(() => undefined);
    return turn.finally(() => (waiting -= 1));
  }

  return {
    async render(format: FormatName, file: DeckFile, hungUp: AbortSignal): Promise<Body> {
      const row: Format = FORMATS[format];
      return row.heavy ? heavy({ format, file }, hungUp) : row.render(file);
    },
    close: stop,
  };
}

function answerOf(thread: Worker, request: RenderRequest): Promise<RenderAnswer> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => (): void => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: RenderAnswer): void => end(() => resolve(answer))();
    const onError = (error: Error): void => end(() => reject(error))();
    const onExit = (): void => end(() => reject(new Error('the thread ended')))();
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage(request);
  });
}
