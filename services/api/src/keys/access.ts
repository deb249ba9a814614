import { type Scope, hashOfApiKey, idOfApiKey, isSameHash } from '@flashcards/shared/security/api-key';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { AccessStore, KnownKey } from '@flashcards/shared/store/keys/key-store';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { BoundedMap } from '@flashcards/shared/runtime/bounded-map';
import { LimitSnapshot } from '../http/limit-headers';

/** Who asks, and what it may. */
export interface Caller {
  readonly tenant: string;
  /** Whose submits the limits count. */
  readonly subject: string;
  /** The id of its key; `open` without one. */
  readonly actor: string;
  readonly scopes: readonly Scope[];
  readonly limits: Limits;
  readonly seen: LimitSnapshot;
}

/** Other replicas hear of a change at once. A replica that missed it uses what it knew for at most so long. */
const KEPT_MS = 10_000;
const MAX_KEPT = 10_000;
const USE_NOTED_MS = 60_000;
const FLUSH_MS = 1_000;

interface Kept {
  readonly key: KnownKey;
  readonly caller: Caller;
  readonly until: number;
}

export interface AccessParts {
  readonly store: Pick<AccessStore, 'find' | 'used'>;
  readonly pepper: string;
  /** Of the deployment; a tenant's own go before them. */
  readonly limits: Limits;
  readonly onError: (error: unknown) => void;
  /** The own clock: how long what is known is kept. */
  readonly now?: () => number;
  /** The clock by which keys expire, from its reading. */
  readonly timeOf?: typeof redisNow;
  /** Keys that are remembered at most. */
  readonly max?: number;
}

export type Access = ReturnType<typeof createAccess>;

/** Tells whom a key belongs to. A key that was seen lately costs at most one hash and no look-up, a wrong one neither. */
export function createAccess(parts: AccessParts) {
  const { store, pepper, limits, onError, now = Date.now, timeOf = redisNow, max = MAX_KEPT } = parts;
  const kept = new BoundedMap<string, Kept>(max);
  /** Ids that no key has, and until when that is believed. Not among the good ones, which guesses must not push out. */
  const absent = new BoundedMap<string, number>(max);
  const asked = new Map<string, Promise<Kept | null>>();
  const note = createNotes(store, { onError, now, max });

  function keep(key: KnownKey): Kept {
    const { tenant, scopes } = key;
    const own = { ...limits, ...key.limits };
    const seen = kept.get(key.id)?.caller.seen ?? new LimitSnapshot(own.submits_per_minute);
    const caller = { tenant, subject: `t:${tenant}`, actor: key.id, scopes, limits: own, seen };
    const entry = { key, caller, until: now() + KEPT_MS };
    kept.set(key.id, entry);
    return entry;
  }

  /** One look-up of a key at a time, however many ask. */
  function lookUp(id: string): Promise<Kept | null> {
    const running = asked.get(id);
    if (running) return running;
    const work = store
      .find(id)
      .then((key) => {
        if (key) return keep(key);
        absent.set(id, now() + KEPT_MS);
        return null;
      })
      .finally(() => asked.delete(id));
    asked.set(id, work);
    return work;
  }

  const isLive = (entry: Kept | null): entry is Kept =>
    entry !== null && (entry.key.expires === null || entry.key.expires > timeOf(entry.key.clock));

  function judge(entry: Kept | null, presented: string): Caller | null {
    if (!isLive(entry) || !isSameHash(entry.key.hash, hashOfApiKey(pepper, presented))) return null;
    note(entry.key.id);
    return entry.caller;
  }

  /** What is known of an id: null where no key has it, undefined where it has to be looked up. */
  function known(id: string): Kept | null | undefined {
    const entry = kept.get(id);
    if (entry && entry.until > now()) return entry;
    return (absent.get(id) ?? 0) > now() ? null : undefined;
  }

  return {
    /** Whom the key belongs to, or null for one that is unknown, revoked, expired or malformed. */
    callerOf(presented: string): Caller | null | Promise<Caller | null> {
      const id = idOfApiKey(presented);
      if (id === null) return null;
      const entry = known(id);
      return entry === undefined ? lookUp(id).then((found) => judge(found, presented)) : judge(entry, presented);
    },

    /** Whether the key with this id, which opened something that goes on, was neither revoked nor has expired. */
    isGood(id: string): boolean | Promise<boolean> {
      const entry = known(id);
      return entry === undefined ? lookUp(id).then(isLive) : isLive(entry);
    },

    /** Something about this key, or with '' about any, is not as it was. */
    forget(id: string): void {
      for (const map of [kept, absent])
        if (id) map.delete(id);
        else map.clear();
    },
  };
}

/** Last uses are written together, and of each key at most once a minute. */
function createNotes(
  store: Pick<AccessStore, 'used'>,
  { onError, now, max }: Required<Pick<AccessParts, 'onError' | 'now' | 'max'>>,
) {
  const noted = new BoundedMap<string, number>(max);
  let unsaved = new Map<string, number>();

  function save(): void {
    const times = unsaved;
    unsaved = new Map();
    store.used(times).catch(onError);
  }

  return (id: string): void => {
    const time = now();
    if (time - (noted.get(id) ?? 0) < USE_NOTED_MS) return;
    noted.set(id, time);
    if (unsaved.size === 0) setTimeout(save, FLUSH_MS).unref();
    unsaved.set(id, time);
  };
}
