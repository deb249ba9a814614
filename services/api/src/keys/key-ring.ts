import { type Scope, hashOfApiKey, makeApiKey } from '@flashcards/shared/security/api-key';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { KeyFields, RecordSigner } from '@flashcards/shared/security/record-signature';
import type { Audit, AuditRecord } from '@flashcards/shared/runtime/audit';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import type { AccessStore, KnownKey } from '@flashcards/shared/store/keys/key-store';
import type { SecretMaker } from '@flashcards/shared/store/keys/webhook-secrets';
import { parsed } from '@flashcards/shared/store/shape';
import { signRecords, unsignedRecords } from './sign-records';
import type { Trust } from './trust';

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

export interface Rotation {
  /** How long the old key stays good beside the new one. */
  readonly overlap_hours: number;
  /** When the new key ends: null for never; undefined for when the old one would have. */
  readonly expires_days?: number | null | undefined;
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
  /** Whether its record is as this service wrote it. */
  readonly signed: boolean;
}

/** What has no signature, or one that is not right; and whether it has one now. */
interface Signing {
  readonly applied: boolean;
  readonly keys: readonly ShownKey[];
  readonly limits: readonly { readonly tenant: string; readonly limits: Partial<Limits> }[];
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
  readonly signer: RecordSigner;
  readonly trust: Trust;
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
    await this.#signFromTheStart();
    const now = await this.#parts.store.now();
    const made = await this.#make(newKey, now, endOf(expires_days, now));
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
    return keys.map((key) => this.#shown(key));
  }

  /** A new key with the same rights. The old one stays good for the overlap, and not past its own end. */
  async rotate(id: string, rotation: Rotation, by: Actor): Promise<Omit<MadeKey, 'webhook_secret'>> {
    const { overlap_hours, expires_days } = rotation;
    const old = await this.#trusted(id);
    if (old.rotatedTo) throw replacedAlready();
    const now = await this.#parts.store.now();
    if (old.expires !== null && old.expires <= now)
      throw new AppError('conflict', 'This key has expired and cannot be rotated. Create a new one.');
    const made = await this.#make(old, now, expires_days === undefined ? old.expires : endOf(expires_days, now));
    const until = Math.min(old.expires ?? Infinity, now + overlap_hours * HOUR_MS);
    if (!(await this.#replace(old, made.id, until))) {
      await this.#parts.store.remove(made.id, old.tenant);
      throw replacedAlready();
    }
    const details = { new_key: made.id, new_ends_at: made.expires_at ?? 'never', old_ends_at: rfc3339(until) };
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
    const { store, signer, trust } = this.#parts;
    const all = { ...trust.limitsOf(tenant, await store.limits(tenant)), ...limits };
    const text = JSON.stringify(all);
    await store.setLimits(tenant, text, signer.ofLimits(tenant, text));
    await this.#record('limits.set', by, { tenant, details: { ...limits } });
    return all;
  }

  /** Signs what an earlier version wrote; from then on nothing else is believed. Without `apply` it only says what. */
  async sign(apply: boolean, by: Actor): Promise<Signing> {
    const { store, signer, trust } = this.#parts;
    const found = await unsignedRecords(store, trust);
    if (apply) {
      await signRecords(store, signer, found);
      const keys = found.keys.map(({ id }) => id);
      const details = { keys, limits_of: found.limits.map(({ tenant }) => tenant) };
      await this.#record('records.signed', by, { details });
    }
    return {
      applied: apply,
      keys: found.keys.map((key) => this.#shown(key)),
      limits: found.limits.map(({ tenant, limits }) => ({ tenant, limits: parsed<Partial<Limits>>(limits) })),
    };
  }

  /** Before the first key there is nothing that an earlier version left unsigned. */
  async #signFromTheStart(): Promise<void> {
    const { store, signer } = this.#parts;
    if ((await store.tenants()).length === 0) await store.markAllSigned(signer.ofAll());
  }

  async #make(
    { tenant, name, scopes }: Omit<NewKey, 'expires_days'>,
    created: number,
    expires: number | null,
  ): Promise<Omit<MadeKey, 'webhook_secret'>> {
    const { store, pepper, signer } = this.#parts;
    if ((await store.count(tenant)) >= MAX_KEYS)
      throw new AppError('conflict', `This tenant has ${MAX_KEYS} keys, the most it may have. Revoke one first.`);
    const { id, key } = makeApiKey();
    const times = { created: String(created), expires: expires === null ? '' : String(expires) };
    const fields = {
      tenant,
      name,
      scopes: scopes.join(' '),
      ...times,
      rotated_to: '',
      hash: hashOfApiKey(pepper, key),
    };
    await store.add(id, fields, signer.ofKey(id, fields));
    return { ...shown({ id, tenant, name, scopes, created, expires, rotatedTo: null, lastUsed: null }, true), key };
  }

  /** Lets a key end at `until`, with `next` in its place; false when another took its place already. */
  #replace({ id, stored }: KnownKey, next: string, until: number): Promise<boolean> {
    const { store, signer } = this.#parts;
    const change = { rotated_to: next, expires: String(until) };
    const fields: KeyFields = { ...stored.fields, ...change };
    return store.change(id, { ...change, mac: signer.ofKey(id, fields) });
  }

  async #known(id: string): Promise<KnownKey> {
    const key = await this.#parts.store.find(id);
    if (!key) throw new AppError('not_found', 'There is no key with this id.');
    return key;
  }

  /** A forged record must not get its rights into one that is signed. */
  async #trusted(id: string): Promise<KnownKey> {
    const key = this.#parts.trust.accept(await this.#known(id));
    if (key) return key;
    throw new AppError(
      'conflict',
      'The record of this key was not written by this service, or it was changed since. Revoke it and create a new key.',
    );
  }

  #shown(key: KnownKey): ShownKey {
    return shown(key, this.#parts.trust.isSigned(key));
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

const endOf = (days: number | null, now: number): number | null => (days === null ? null : now + days * DAY_MS);

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

const shown = (key: Omit<KnownKey, 'hash' | 'stored' | 'clock'>, signed: boolean): ShownKey => ({
  id: key.id,
  tenant: key.tenant,
  name: key.name,
  scopes: key.scopes,
  created_at: rfc3339(key.created),
  expires_at: timeOrNull(key.expires),
  rotated_to: key.rotatedTo,
  last_used_at: timeOrNull(key.lastUsed),
  signed,
});
