import { type Scope, hashOfApiKey, makeApiKey } from '@flashcards/shared/security/api-key';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { Audit } from '@flashcards/shared/runtime/audit';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import type { AccessStore, KnownKey } from '@flashcards/shared/store/keys/key-store';
import type { SecretMaker } from '@flashcards/shared/store/keys/webhook-secrets';

/** Who manages keys, for the audit log. */
export interface Actor {
  readonly actor: string;
  readonly from?: string;
  readonly request_id?: string;
}

export interface NewKey {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null for one that does not end by itself. */
  readonly expiresDays: number | null;
}

/** A key as it is shown: everything but the key. */
export interface ShownKey {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly rotated_to: string | null;
  readonly last_used_at: string | null;
}

export interface MadeKey extends ShownKey {
  /** Told this once. */
  readonly key: string;
  /** The tenant's webhook secret where this is its first key, told this once. */
  readonly webhook_secret: string | null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MAX_KEYS = 50;

export type KeyRing = ReturnType<typeof createKeyRing>;

/** Makes, lists, rotates and revokes keys, and writes each of it to the audit log. */
export function createKeyRing(parts: { store: AccessStore; secrets: SecretMaker; pepper: string; audit: Audit }) {
  const { store, secrets, pepper, audit } = parts;

  async function make(
    { tenant, name, scopes }: Omit<NewKey, 'expiresDays'>,
    created: number,
    expires: number | null,
  ): Promise<Omit<MadeKey, 'webhook_secret'>> {
    if ((await store.count(tenant)) >= MAX_KEYS)
      throw new AppError('conflict', `A tenant has at most ${MAX_KEYS} keys: revoke one first.`);
    const { id, key } = makeApiKey();
    const record = { id, tenant, name, scopes, created, expires };
    await store.add({ ...record, hash: hashOfApiKey(pepper, key) });
    return { ...shown({ ...record, rotatedTo: null, lastUsed: null }), key };
  }

  async function known(id: string): Promise<KnownKey> {
    const key = await store.find(id);
    if (!key) throw new AppError('not_found', 'There is no key with this id.');
    return key;
  }

  return {
    async create(newKey: NewKey, by: Actor): Promise<MadeKey> {
      const now = Date.now();
      const expires = newKey.expiresDays === null ? null : now + newKey.expiresDays * DAY_MS;
      const made = await make(newKey, now, expires);
      const webhookSecret = await secrets.first(newKey.tenant);
      const details = { scopes: newKey.scopes, ...(webhookSecret ? { webhook_secret: 'made' } : {}) };
      await audit.record({
        action: 'key.created',
        ...by,
        tenant: newKey.tenant,
        target: made.id,
        outcome: 'done',
        details,
      });
      return { ...made, webhook_secret: webhookSecret };
    },

    /** The keys of a tenant, or of all. */
    async list(tenant: string | undefined, by: Actor): Promise<ShownKey[]> {
      const tenants = tenant === undefined ? await store.tenants() : [tenant];
      const keys = (await Promise.all(tenants.map((one) => store.list(one)))).flat();
      await audit.record({
        action: 'keys.listed',
        ...by,
        ...(tenant === undefined ? {} : { tenant }),
        outcome: 'done',
      });
      return keys.map(shown);
    },

    /** A new key with the same rights and the same end; the old one stays good for `overlapHours` and not past that end. */
    async rotate(id: string, overlapHours: number, by: Actor): Promise<Omit<MadeKey, 'webhook_secret'>> {
      const old = await known(id);
      if (old.rotatedTo) throw new AppError('conflict', 'Another key took the place of this one already.');
      const now = Date.now();
      if (old.expires !== null && old.expires <= now)
        throw new AppError('conflict', 'This key has expired and cannot be rotated: create a new one.');
      const made = await make(old, now, old.expires);
      const until = Math.min(old.expires ?? Infinity, now + overlapHours * HOUR_MS);
      if (!(await store.replace(id, made.id, until))) {
        await store.remove(made.id, old.tenant);
        throw new AppError('conflict', 'Another key took the place of this one already.');
      }
      const details = { new_key: made.id, old_ends_at: rfc3339(until) };
      await audit.record({ action: 'key.rotated', ...by, tenant: old.tenant, target: id, outcome: 'done', details });
      return made;
    },

    async revoke(id: string, by: Actor): Promise<void> {
      const { tenant } = await known(id);
      await store.remove(id, tenant);
      await audit.record({ action: 'key.revoked', ...by, tenant, target: id, outcome: 'done' });
    },

    /** A new webhook secret; the one before it signs too for 24 hours. */
    async rotateSecret(
      tenant: string,
      by: Actor,
    ): Promise<{ webhook_secret: string; previous_signs_until: string | null }> {
      if ((await store.count(tenant)) === 0) throw new AppError('not_found', 'There is no tenant with this id.');
      const { secret, previousUntil } = await secrets.rotate(tenant);
      await audit.record({ action: 'webhook_secret.rotated', ...by, tenant, outcome: 'done' });
      return { webhook_secret: secret, previous_signs_until: previousUntil ? rfc3339(previousUntil) : null };
    },

    async setLimits(tenant: string, limits: Partial<Limits>, by: Actor): Promise<Partial<Limits>> {
      if ((await store.count(tenant)) === 0) throw new AppError('not_found', 'There is no tenant with this id.');
      const all = await store.setLimits(tenant, limits);
      await audit.record({ action: 'limits.set', ...by, tenant, outcome: 'done', details: { ...limits } });
      return all;
    },
  };
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

const shown = (key: Omit<KnownKey, 'hash' | 'limits'>): ShownKey => ({
  id: key.id,
  tenant: key.tenant,
  name: key.name,
  scopes: key.scopes,
  created_at: rfc3339(key.created),
  expires_at: timeOrNull(key.expires),
  rotated_to: key.rotatedTo,
  last_used_at: timeOrNull(key.lastUsed),
});
