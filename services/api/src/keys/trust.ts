import type { Limits } from '@flashcards/shared/contract/limits';
import { isSameHash } from '@flashcards/shared/security/api-key';
import type { RecordSigner } from '@flashcards/shared/security/record-signature';
import type { KnownKey, StoredLimits } from '@flashcards/shared/store/keys/key-store';
import { parsed } from '@flashcards/shared/store/shape';

/** A key whose record may be believed, with the limits of its tenant that may be. */
export interface TrustedKey extends KnownKey {
  /** The tenant's own, where they are not as the deployment has them. */
  readonly limits: Partial<Limits>;
}

/** A record that KEY_PEPPER did not sign, or that was changed since. */
export interface UnsignedRecord {
  readonly what: 'key' | 'limits';
  readonly tenant: string;
  readonly key_id?: string;
  readonly refused: boolean;
}

export interface TrustParts {
  readonly signer: RecordSigner;
  /** Refuses records without a signature, whatever Redis says. */
  readonly required: boolean;
  readonly onUnsigned: (record: UnsignedRecord) => void;
}

export type Trust = ReturnType<typeof createTrust>;

/**
 * Says what of a record in Redis may be believed. Records of a version that signed nothing are believed until all are
 * signed. From then on this process believes no other, even if Redis says later that they are not.
 */
export function createTrust({ signer, required, onUnsigned }: TrustParts) {
  let strict = required;
  const refuses = ({ allSigned }: StoredLimits): boolean => (strict ||= isSameHash(allSigned, signer.ofAll()));
  const isSigned = ({ id, stored }: KnownKey): boolean => isSameHash(stored.mac, signer.ofKey(id, stored.fields));
  const areSigned = (tenant: string, { limits, limitsMac }: StoredLimits): boolean =>
    limits === '' || isSameHash(limitsMac, signer.ofLimits(tenant, limits));

  /** A tenant's own limits; none where they are refused, so that those of the deployment hold. */
  function limitsOf(tenant: string, stored: StoredLimits): Partial<Limits> {
    const refused = refuses(stored);
    if (areSigned(tenant, stored)) return stored.limits === '' ? {} : parsed<Partial<Limits>>(stored.limits);
    onUnsigned({ what: 'limits', tenant, refused });
    return refused ? {} : parsed<Partial<Limits>>(stored.limits);
  }

  /** The key, or null where its record is refused. */
  function accept(key: KnownKey): TrustedKey | null {
    const { id, tenant, stored } = key;
    const refused = refuses(stored);
    if (!isSigned(key)) {
      onUnsigned({ what: 'key', tenant, key_id: id, refused });
      if (refused) return null;
    }
    return { ...key, limits: limitsOf(tenant, stored) };
  }

  return { isSigned, areSigned, limitsOf, accept };
}
