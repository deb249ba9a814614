import type { Usage } from '@flashcards/shared/contract/deck';
import { JOB_ERRORS } from '@flashcards/shared/contract/errors';
import { type ResultCache, atFolded } from '@flashcards/shared/store/decks/result-cache';
import type { Run, Store } from '@flashcards/shared/store/jobs/job-store';
import type { Added } from '@flashcards/shared/store/jobs/log';
import { fold } from '@flashcards/shared/text/fold';
import type { Outcome, OutcomeKind } from './outcome';

interface RecordParts {
  readonly store: Store;
  readonly cache: ResultCache;
}

type Write<K extends OutcomeKind> = (
  parts: RecordParts,
  run: Run,
  outcome: Outcome<K>,
  /** Cards that the log does not have yet. */
  rest: Added | null,
) => Promise<boolean>;

const WRITES: { readonly [K in OutcomeKind]: Write<K> } = {
  completed: complete,
  failed: ({ store }, run, { code, message, usage }, added) => {
    const error = { code, message, retryable: JOB_ERRORS[code].retry !== 'never' };
    return store.finish(run.id, run.run, { status: 'failed', error, usage }, { added });
  },
  retried: ({ store }, run, { usage }, rest) => store.release(run, true, usage, rest),
  paused: ({ store }, run, { usage }, rest) => store.release(run, false, usage, rest),
  handed_back: ({ store }, run, { usage }, rest) => store.release(run, false, usage, rest),
  crashed: ({ store }, run, { alone }, rest) => store.release(run, false, null, rest, alone ? 'alone' : 'among_others'),
  dropped: () => Promise.resolve(true),
};

/** Writes how a run ended into its record. False when the run does not hold its job any more. */
export const writeOutcome = <K extends OutcomeKind>(
  parts: RecordParts,
  run: Run,
  outcome: Outcome<K>,
  rest: Added | null,
): Promise<boolean> => WRITES[outcome.kind](parts, run, outcome, rest);

/** A whole deck is cached for identical requests, at the offsets of the text without its invisible differences. */
async function complete(
  { store, cache }: RecordParts,
  { id, run, cacheKey, epoch, submit, clock }: Run,
  { generated: { result, usage, whole } }: Outcome<'completed'>,
): Promise<boolean> {
  const keep = whole && cacheKey !== '';
  const kept = keep ? atFolded(result, fold(submit.text, 'key')) : result;
  const byScript = keep && cache.inStore && kept === result;
  const expiresAt = cache.expiryOf(clock);
  const won = await store.finish(id, run, { status: 'completed', result, usage }, byScript ? { cacheKey, epoch } : {});
  if (won && keep && !byScript) {
    await cache.put(cacheKey, { result: kept, epoch }, expiresAt);
    // The job may have been erased meanwhile, and the erasure looked for its result too early. It is not served.
    if (!(await store.has(id))) await cache.remove([cacheKey]);
  }
  return won;
}

const USAGE: { readonly [K in OutcomeKind]: (outcome: Outcome<K>) => Usage | null } = {
  completed: ({ generated }) => generated.usage,
  failed: ({ usage }) => usage,
  retried: ({ usage }) => usage,
  paused: ({ usage }) => usage,
  handed_back: ({ usage }) => usage,
  crashed: () => null,
  dropped: () => null,
};

/** What the job has cost, where the end of its run says so. */
export const usageOf = <K extends OutcomeKind>(outcome: Outcome<K>): Usage | null => USAGE[outcome.kind](outcome);
