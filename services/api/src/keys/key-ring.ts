import { type Scope, hashOfApiKey, makeApiKey } from '@flashcards/shared/security/api-key';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { Audit, AuditRecord } from '@flashcards/shared/runtime/audit';
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
  readonly expires_days: number | null;
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
  /** The tenant's webhook secret where this is its first key, shown this once. */
  readonly webhook_secret: string | null;
}

/** A tenant's new webhook secret, shown this once. */
interface RotatedSecret {
  readonly webhook_secret: string;
  readonly previous_signs_until: string | null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MAX_KEYS = 50;

interface KeyRingParts {
  readonly store: AccessStore;
  readonly secrets: SecretMaker;
  readonly pepper: string;
  readonly audit: Audit;
}

/** Makes, lists, rotates and revokes keys, and writes each of it to the audit log. */
export class KeyRing {
  readonly #parts: KeyRingParts;

  constructor(parts: KeyRingParts) {
    this.#parts = parts;
  }

  async create(newKey: NewKey, by: Actor): Promise<MadeKey> {
    const { tenant, scopes, expires_days } = newKey;
    const now = await this.#parts.store.now();
    const made = await this.#make(newKey, now, expires_days === null ? null : now + expires_days * DAY_MS);
    const secret = await this.#parts.secrets.first(tenant);
    const details = { scopes, ...(secret ? { webhook_secret: 'made' } : {}) };
    await this.#record('key.created', by, { tenant, target: made.id, details });
    return { ...made, webhook_secret: secret };
  }

  /** The keys of a tenant, or of all. */
  async list(tenant: string | undefined, by: Actor): Promise<ShownKey[]> {
    const { store } = this.#parts;
    const tenants = tenant === undefined ? await store.tenants() : [tenant];
    const keys = (await Promise.all(tenants.map((one) => store.list(one)))).flat();
    await this.#record('keys.listed', by, tenant === undefined ? {} : { tenant });
    return keys.map(shown);
  }

  /** A new key with the same rights and the same end; the old one stays good for `overlapHours` and not past that end. */
  async rotate(id: string, overlapHours: number, by: Actor): Promise<Omit<MadeKey, 'webhook_secret'>> {
    const old = await this.#known(id);
    if (old.rotatedTo) throw replacedAlready();
    const now = await this.#parts.store.now();
    if (old.expires !== null && old.expires <= now)
      throw new AppError('conflict', 'This key has expired and cannot be rotated. Create a new one.');
    const made = await this.#make(old, now, old.expires);
    const until = Math.min(old.expires ?? Infinity, now + overlapHours * HOUR_MS);
    if (!(await this.#parts.store.replace(id, made.id, until))) {
      await this.#parts.store.remove(made.id, old.tenant);
      throw replacedAlready();
    }
    const details = { new_key: made.id, old_ends_at: rfc3339(until) };
    await this.#record('key.rotated', by, { tenant: old.tenant, target: id, details });
    return made;
  }

  async revoke(id: string, by: Actor): Promise<void> {
    const { tenant } = await this.#known(id);
    await this.#parts.store.remove(id, tenant);
    await this.#record('key.revoked', by, { tenant, target: id });
  }

  /** A new webhook secret; the one before it signs too for 24 hours. */
  async rotateSecret(tenant: string, by: Actor): Promise<RotatedSecret> {
    await this.#refuseUnknown(tenant);
    const { secret, previousUntil } = await this.#parts.secrets.rotate(tenant);
    await this.#record('webhook_secret.rotated', by, { tenant });
    return { webhook_secret: secret, previous_signs_until: previousUntil ? rfc3339(previousUntil) : null };
  }

  async setLimits(tenant: string, limits: Partial<Limits>, by: Actor): Promise<Partial<Limits>> {
    await this.#refuseUnknown(tenant);
    const all = await this.#parts.store.setLimits(tenant, limits);
    await this.#record('limits.set', by, { tenant, details: { ...limits } });
    return all;
  }

  async #make(
    { tenant, name, scopes }: Omit<NewKey, 'expires_days'>,
    created: number,
    expires: number | null,
  ): Promise<Omit<MadeKey, 'webhook_secret'>> {
    const { store, pepper } = this.#parts;
    if ((await store.count(tenant)) >= MAX_KEYS)
      throw new AppError('conflict', `This tenant has ${MAX_KEYS} keys, the most it may have. Revoke one first.`);
    const { id, key } = makeApiKey();
    const record = { id, tenant, name, scopes, created, expires };
    await store.add({ ...record, hash: hashOfApiKey(pepper, key) });
    return { ...shown({ ...record, rotatedTo: null, lastUsed: null }), key };
  }

  async #known(id: string): Promise<KnownKey> {
    const key = await this.#parts.store.find(id);
    if (!key) throw new AppError('not_found', 'There is no key with this id.');
    return key;
  }

  async #refuseUnknown(tenant: string): Promise<void> {
    if ((await this.#parts.store.count(tenant)) === 0)
      throw new AppError('not_found', 'There is no tenant with this id.');
  }

  #record(action: string, by: Actor, about: Pick<AuditRecord, 'tenant' | 'target' | 'details'>): Promise<void> {
    return this.#parts.audit.record({ action, ...by, ...about, outcome: 'done' });
  }
}

const replacedAlready = (): AppError => new AppError('conflict', 'This key was already rotated to another one.');

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

const shown = (key: Omit<KnownKey, 'hash' | 'limits' | 'clock'>): ShownKey => ({
  id: key.id,
  tenant: key.tenant,
  name: key.name,
  scopes: key.scopes,
  created_at: rfc3339(key.created),
  expires_at: timeOrNull(key.expires),
  rotated_to: key.rotatedTo,
  last_used_at: timeOrNull(key.lastUsed),
});
