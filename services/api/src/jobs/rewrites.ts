import type { Logger } from '@flashcards/shared/runtime/logger';
import { sleep } from '@flashcards/shared/runtime/time';
import type { RewriteStore } from '@flashcards/shared/store/erasure/rewrite-store';

export interface RewritesParts {
  readonly store: RewriteStore;
  /** How long erased data may stay in the append-only file. 0: nobody has it rewritten. */
  readonly seconds: number;
  readonly logger: Pick<Logger, 'info'>;
  readonly onError: (error: unknown) => void;
  readonly lookMs?: number;
}

const LOOK_MS = 5_000;
/** All jobs of a tenant are erased within a minute: one rewrite then leaves all of them out. */
const REST_MS = 5_000;
const PATIENCE_MS = 60_000;
const POLL_MS = 200;
const FAILED_MS = 60_000;

/**
 * Has Redis rewrite its append-only file after erasures, so that what was erased is not on its disk either. The first
 * erasure after a quiet time is followed by a rewrite within seconds. However many follow, the next rewrite waits.
 */
export function startRewrites({ store, seconds, logger, onError, lookMs = LOOK_MS }: RewritesParts): () => void {
  let working: Promise<void> | undefined;
  let stopped = false;
  const holdMs = seconds * 1_000;
  const times = { restMs: Math.min(REST_MS, holdMs), patienceMs: Math.min(PATIENCE_MS, holdMs), holdMs };

  async function rewrite(last: string): Promise<void> {
    const startedAt = performance.now();
    const { enabled, rewriting } = await store.state();
    // One that runs already may have begun before the erasure.
    if (rewriting) return store.again(lookMs);
    if (enabled) {
      await store.rewrite();
      while (!stopped && (await store.state()).rewriting) await sleep(POLL_MS);
      if (stopped) return;
      if (!(await store.state()).ok) throw new Error('Redis could not rewrite its append-only file.');
    }
    await store.end(last);
    if (enabled) logger.info('append_only.rewritten', { duration_ms: Math.round(performance.now() - startedAt) });
  }

  async function work(): Promise<void> {
    const last = await store.begin(times);
    if (last === null) return;
    try {
      await rewrite(last);
    } catch (error) {
      await store.again(Math.min(FAILED_MS, holdMs));
      throw error;
    }
  }

  function look(): void {
    working ??= work()
      .catch(onError)
      .finally(() => (working = undefined));
  }

  const timer = seconds > 0 ? setInterval(look, lookMs) : undefined;
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
