import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Card, Result } from '../../contract/deck';
import { type Folded, fold, refold, unfold } from '../../text/fold';
import type { Options } from '../../contract/job';
import { CACHE_SECONDS } from '../jobs/retention';
import { createKeys } from '../keys';
import { type ClockReading, redisNow } from '../redis-clock';
import { parsed } from '../shape';

export interface CacheKeys {
  /** Of the result: tenant, text without its invisible differences, options, prompt version, model. */
  readonly cacheKey: string;
  /** Of jobs in flight: the same, and the text to the byte, because offsets are into the text as posted. */
  readonly flightKey: string;
  readonly folded: Folded;
}

const short = (...parts: string[]): string => hash('sha256', parts.join('\0'), 'base64url').slice(0, 22);

/** How results are stored. Versions that store them in another way must not find them: raise it then. */
const STORED_AS = 'epoch 1';

/** Keys of a submit. 128 bits of a hash: they cannot be guessed and hold nothing of the text. */
export function cacheKeys(tenant: string, text: string, options: Options, version: string): CacheKeys {
  const folded = fold(text, 'key');
  const sortedOptions = JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  const cacheKey = short(STORED_AS, tenant, version, sortedOptions, folded.text);
  return { cacheKey, flightKey: folded.starts ? short(cacheKey, text) : cacheKey, folded };
}

const moved = (result: Result, move: (card: Card) => Card): Result => ({
  ...result,
  deck: { ...result.deck, cards: result.deck.cards.map(move) },
});

/** A result with its offsets into the text as posted, from one with offsets into the folded text. */
export function atPosted(result: Result, text: string, folded: Folded): Result {
  if (!folded.starts) return result;
  const uncited = result.coverage.uncited.map(([start, end]) => unfold(folded, start, end));
  return moved({ ...result, coverage: { ...result.coverage, uncited } }, (card) => {
    const [start, end] = unfold(folded, card.start, card.end);
    return { ...card, start, end, quote: text.slice(start, end) };
  });
}

/** The other direction. */
export function atFolded(result: Result, folded: Folded): Result {
  if (!folded.starts) return result;
  const uncited = result.coverage.uncited.map(([start, end]) => refold(folded, start, end));
  return moved({ ...result, coverage: { ...result.coverage, uncited } }, (card) => {
    const [start, end] = refold(folded, card.start, card.end);
    return { ...card, start, end, quote: folded.text.slice(start, end) };
  });
}

/** A result, and the epoch of erasures in which its job was submitted: it is served in no other. */
export interface CachedResult {
  readonly result: Result;
  readonly epoch: number;
}

/** As `cached.lua` stores and reads it. */
const packCached = ({ result, epoch }: CachedResult): string => `${epoch ? `${epoch} ` : ''}${JSON.stringify(result)}`;

function readCached(stored: string): CachedResult {
  const [stamp = '', epoch = '0'] = /^(\d{1,15}) /.exec(stored) ?? [];
  return { result: parsed<Result>(stored.slice(stamp.length)), epoch: Number(epoch) };
}

export interface ResultCacheSettings {
  readonly prefix: string;
  readonly inStore: boolean;
  /** A result outlives no job that could be erased with it. */
  readonly resultSeconds: number;
  onError(error: unknown): void;
}

export type ResultCache = ReturnType<typeof createResultCache>;

/**
 * Finished results. May be lost at any time: whatever fails here is a miss, and `onError` gets the error.
 * `inStore`: it is the same Redis that holds the records, so the submit and finish scripts look and keep by themselves.
 */
export function createResultCache(redis: Redis, { prefix, inStore, resultSeconds, onError }: ResultCacheSettings) {
  const key = createKeys(prefix);
  const keyOf = (cacheKey: string): string => key('cache', cacheKey);
  const lifeMs = Math.min(CACHE_SECONDS, resultSeconds) * 1_000;
  const orNull = <T>(work: Promise<T>): Promise<T | null> =>
    work.catch((error: unknown) => {
      onError(error);
      return null;
    });
  return {
    inStore,
    async get(cacheKey: string): Promise<CachedResult | null> {
      const stored = await orNull(redis.get(keyOf(cacheKey)));
      return stored ? readCached(stored) : null;
    },
    /** When a result expires whose job ends now. Asked before the end, so that a late `put` prolongs nothing. */
    expiryOf: (clock: ClockReading): number => redisNow(clock) + lifeMs,
    async put(cacheKey: string, cached: CachedResult, expiresAt: number): Promise<void> {
      await orNull(redis.set(keyOf(cacheKey), packCached(cached), 'PXAT', expiresAt));
    },
    /** False where the cache did not say that they are gone. */
    async remove(cacheKeys: readonly string[]): Promise<boolean> {
      return (await orNull(redis.del(...cacheKeys.map(keyOf)))) !== null;
    },
  };
}
