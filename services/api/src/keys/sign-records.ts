import type { RecordSigner } from '@flashcards/shared/security/record-signature';
import type { AccessStore, KnownKey, StoredLimits } from '@flashcards/shared/store/keys/key-store';
import type { Trust } from './trust';

export interface UnsignedRecords {
  readonly keys: readonly KnownKey[];
  readonly limits: readonly (StoredLimits & { readonly tenant: string })[];
}

/** What of all tenants has no signature, or one that is not right. */
export async function unsignedRecords(store: AccessStore, trust: Trust): Promise<UnsignedRecords> {
  const tenants = await store.tenants();
  const keys = (await Promise.all(tenants.map((tenant) => store.list(tenant)))).flat();
  const limits = await Promise.all(tenants.map(async (tenant) => ({ tenant, ...(await store.limits(tenant)) })));
  return {
    keys: keys.filter((key) => !trust.isSigned(key)),
    limits: limits.filter((one) => !trust.areSigned(one.tenant, one)),
  };
}

/** Signs these as they were read. What was changed since has no right signature then, and is refused. */
export async function signRecords(
  store: AccessStore,
  signer: RecordSigner,
  { keys, limits }: UnsignedRecords,
): Promise<void> {
  await Promise.all([
    ...keys.map(({ id, stored }) => store.change(id, { mac: signer.ofKey(id, stored.fields) })),
    ...limits.map((one) => store.setLimits(one.tenant, one.limits, signer.ofLimits(one.tenant, one.limits))),
  ]);
  await store.markAllSigned(signer.ofAll());
}
