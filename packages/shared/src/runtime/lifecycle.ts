import { ConfigError } from './config';
import { type Logger, errorFields } from './logger';
import { asError, within } from './time';

type Release = () => unknown;

const ORPHAN_LIMIT_SECONDS = 2;

/**
 * What a process of ours holds. It is released once, in the reverse order of getting it, however the process ends.
 * The end may be SIGTERM, SIGINT, a launcher that went away, or an error that nobody caught.
 */
export class Lifecycle {
  readonly #releases: { name: string; release: Release }[] = [];
  #ending: Promise<void> | undefined;
  /** True from the first moment of the end: take nothing new. */
  draining = false;

  readonly #logger: Logger;
  readonly #limitSeconds: number;

  constructor(logger: Logger, limitSeconds: number) {
    this.#logger = logger;
    this.#limitSeconds = limitSeconds;
  }

  hold(name: string, release: Release): void {
    this.#releases.push({ name, release });
  }

  /** Ends the process on signals, and with its launcher. Call it first: a start may wait for Redis for ever. */
  listen(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void this.end(signal, 0));
    // Node would open its debugger.
    process.on('SIGUSR1', () => this.#logger.warn('process.debugger_refused'));
    // The launcher is gone, and Redis with it: there is nothing to drain to.
    process.on('disconnect', () => void this.end('launcher gone', 0, ORPHAN_LIMIT_SECONDS));
    process.on('uncaughtException', (error) => this.#crash('uncaught exception', error));
    process.on('unhandledRejection', (reason) => this.#crash('unhandled rejection', asError(reason)));
  }

  ready(message: object = {}): void {
    process.send?.({ ready: true, ...message });
  }

  #crash(why: string, error: Error): void {
    this.#logger.error('process.crashed', { why, ...errorFields(error), error_stack: error.stack });
    void this.end(why, 1);
  }

  end(why: string, exitCode: number, limitSeconds = this.#limitSeconds): Promise<void> {
    this.#ending ??= this.#release(why, limitSeconds).finally(() => {
      this.#logger.info('process.stopped', { why, exit_code: exitCode });
      this.#logger.flush();
      process.exit(exitCode);
    });
    return this.#ending;
  }

  async #release(why: string, limitSeconds: number): Promise<void> {
    this.draining = true;
    this.#logger.info('process.draining', { why });
    const all = async (): Promise<void> => {
      for (const { name, release } of this.#releases.reverse()) {
        // One part that cannot be released must not keep the others.
        await Promise.resolve()
          .then(release)
          .catch((error: unknown) => this.#logger.warn('process.release_failed', { name, ...errorFields(error) }));
      }
    };
    // A library may wait for ever for a Redis that is gone.
    await within(limitSeconds * 1_000, all(), () => new Error('release took too long')).catch(() => undefined);
  }
}

/** Runs `main`; an error at start ends the process with one clear line, 78 for settings that cannot be used. */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const exitCode = error instanceof ConfigError ? error.exitCode : 1;
    process.stderr.write(`${asError(error).message}\n`);
    process.exit(exitCode);
  });
}
