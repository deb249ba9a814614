import { type Scope, hashOfApiKey, idOfApiKey, isSameHash } from '@flashcards/shared/security/api-key';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { AccessStore, KnownKey } from '@flashcards/shared/store/keys/key-store';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { BoundedMap } from '@flashcards/shared/runtime/bounded-map';
import { LimitSnapshot } from '../http/limit-headers';
import type { Trust, TrustedKey } from './trust';

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

/** Other replicas are notified of a change at once. A replica that missed it uses what it knew for at most so long. */
const KEPT_MS = 10_000;
const MAX_KEPT = 10_000;
const USE_NOTED_MS = 60_000;
const FLUSH_MS = 1_000;

interface Kept {
  readonly key: TrustedKey;
  readonly caller: Caller;
  readonly until: number;
}

export interface AccessParts {
  readonly store: Pick<AccessStore, 'find' | 'used'>;
  readonly trust: Pick<Trust, 'accept'>;
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

/** Tells whom a key belongs to. A key that was seen lately costs one hash and no look-up. */
export function createAccess(parts: AccessParts) {
  const { store, pepper, onError, now = Date.now, timeOf = redisNow, max = MAX_KEPT } = parts;
  const keys = new KnownKeys({ ...parts, now, max });
  const note = createNotes(store, { onError, now, max });

  const isLive = (entry: Kept | null): entry is Kept =>
    entry !== null && (entry.key.expires === null || entry.key.expires > timeOf(entry.key.clock));

  const holder = (entry: Kept | null): Caller | null => (isLive(entry) ? entry.caller : null);

  function judge(entry: Kept | null, presented: string): Caller | null {
    if (!isLive(entry) || !isSameHash(entry.key.hash, hashOfApiKey(pepper, presented))) return null;
    note(entry.key.id);
    return entry.caller;
  }

  return {
    /** Whom the key belongs to, or null for one that is unknown, revoked, expired or malformed. */
    callerOf(presented: string): Caller | null | Promise<Caller | null> {
      const id = idOfApiKey(presented);
      if (id === null) return null;
      const found = keys.find(id);
      return found instanceof Promise ? found.then((entry) => judge(entry, presented)) : judge(found, presented);
    },

    /** Whom the key with this id belongs to now: it let something in that goes on. Null once it was revoked or expired. */
    holderOf(id: string): Caller | null | Promise<Caller | null> {
      const found = keys.find(id);
      return found instanceof Promise ? found.then(holder) : holder(found);
    },

    /** Something about this key, or with '' about any, is not as it was. */
    forget: (id: string): void => keys.forget(id),
  };
}

/** Keys by their ids: those that were seen lately, and others by a look-up. */
class KnownKeys {
  readonly #kept: BoundedMap<string, Kept>;
  /** Ids that no key has, and until when that is believed. Apart from the keys, which guesses must not push out. */
  readonly #absent: BoundedMap<string, number>;
  readonly #pending = new Map<string, Promise<Kept | null>>();
  readonly #parts: AccessParts & { readonly now: () => number };

  constructor(parts: AccessParts & { readonly now: () => number; readonly max: number }) {
    this.#parts = parts;
    this.#kept = new BoundedMap(parts.max);
    this.#absent = new BoundedMap(parts.max);
  }

  find(id: string): Kept | null | Promise<Kept | null> {
    const entry = this.#kept.get(id);
    const now = this.#parts.now();
    if (entry && entry.until > now) return entry;
    return (this.#absent.get(id) ?? 0) > now ? null : this.#lookUp(id);
  }

  /** One look-up of a key at a time, however many ask. A change that is heard of meanwhile makes it a new one. */
  #lookUp(id: string): Promise<Kept | null> {
    const running = this.#pending.get(id);
    if (running) return running;
    const isLatest = (): boolean => this.#pending.get(id) === work;
    const work: Promise<Kept | null> = this.#parts.store
      .find(id)
      .then((key) => (isLatest() ? this.#trusted(id, key) : this.#lookUp(id)))
      .finally(() => isLatest() && this.#pending.delete(id));
    this.#pending.set(id, work);
    return work;
  }

  forget(id: string): void {
    for (const keys of [this.#kept, this.#absent, this.#pending]) {
      if (id) keys.delete(id);
      else keys.clear();
    }
  }

  #trusted(id: string, key: KnownKey | null): Kept | null {
    if (key === null) this.#absent.set(id, this.#parts.now() + KEPT_MS);
    const accepted = key && this.#parts.trust.accept(key);
    return accepted && this.#keep(accepted);
  }

  #keep(key: TrustedKey): Kept {
    const { tenant, scopes } = key;
    const own = { ...this.#parts.limits, ...key.limits };
    const seen = this.#kept.get(key.id)?.caller.seen ?? new LimitSnapshot(own.submits_per_minute);
    const caller = { tenant, subject: `t:${tenant}`, actor: key.id, scopes, limits: own, seen };
    const entry = { key, caller, until: this.#parts.now() + KEPT_MS };
    this.#kept.set(key.id, entry);
    return entry;
  }
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
