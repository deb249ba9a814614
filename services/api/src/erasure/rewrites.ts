import type { Logger } from '@flashcards/shared/runtime/logger';
import { oneAtATime } from '@flashcards/shared/runtime/time';
import type { RewriteStore } from '@flashcards/shared/store/erasure/rewrite-store';

export interface RewritesParts {
  readonly store: RewriteStore;
  /** How long erased data may stay in the append-only file. 0: nobody has it rewritten. */
  readonly seconds: number;
  readonly logger: Pick<Logger, 'info'>;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 5_000;
/** All jobs of a tenant are erased within a minute: one rewrite then leaves all of them out. */
const REST_MS = 5_000;
const PATIENCE_MS = 60_000;
const FAILED_MS = 60_000;

/**
 * Has Redis rewrite its append-only file after erasures, so that what was erased is not on its disk either. The first
 * erasure after a quiet time is followed by a rewrite within seconds. However many follow, the next rewrite waits.
 */
export function startRewrites({ store, seconds, logger, onError }: RewritesParts): () => void {
  const holdMs = seconds * 1_000;
  const times = { restMs: Math.min(REST_MS, holdMs), patienceMs: Math.min(PATIENCE_MS, holdMs), holdMs };
  /** The rewrite that Redis is at, by the last erasure that it leaves out. */
  let running: { readonly last: string; readonly startedAt: number } | undefined;

  async function start(last: string): Promise<void> {
    const { enabled, rewriting } = await store.state();
    if (!enabled) return void (await store.end(last));
    // One that runs already may have begun before the erasure.
    if (rewriting) return store.again(LOOK_MS);
    await store.rewrite();
    running = { last, startedAt: performance.now() };
  }

  async function finish({ last, startedAt }: NonNullable<typeof running>): Promise<void> {
    const { rewriting, ok } = await store.state();
    if (rewriting) return;
    running = undefined;
    if (!ok) throw new Error('Redis could not rewrite its append-only file.');
    await store.end(last);
    logger.info('append_only.rewritten', { duration_ms: Math.round(performance.now() - startedAt) });
  }

  /** What failed is not held back for as long as what was done. */
  async function retry(error: unknown): Promise<void> {
    if (!running) await store.again(Math.min(FAILED_MS, holdMs));
    throw error;
  }

  async function work(): Promise<void> {
    if (running) return finish(running).catch(retry);
    const last = await store.begin(times);
    if (last !== null) await start(last).catch(retry);
  }

  const look = oneAtATime(() => work().catch(onError));
  const timer = seconds > 0 ? setInterval(look, LOOK_MS) : undefined;
  return () => clearInterval(timer);
}
