import { randomBytes } from 'node:crypto';
import { BoundedMap } from '../../runtime/bounded-map';
import { seal, unseal } from '../../security/sealed';
import { secretKey } from '../../security/webhook-secret';
import type { AccessStore } from './key-store';

const SECRET_BYTES = 32;
const BOTH_SIGN_MS = 86_400_000;
const KEPT_MS = 30_000;
const MAX_KEPT = 1_000;

const purpose = (tenant: string): string => `webhook secret of ${tenant}`;

/** What a process that signs needs: for each tenant its key, or two while a secret is rotated, the newer first. */
export function createSecretReader(store: Pick<AccessStore, 'secrets' | 'now'>, sealing: Buffer, now = Date.now) {
  const kept = new BoundedMap<string, { keys: readonly Buffer[]; until: number }>(MAX_KEPT);

  /** Empty for a tenant without a secret. Cached for half a minute, so a rotation takes effect within that time. */
  return async function secretsOf(tenant: string): Promise<readonly Buffer[]> {
    const known = kept.get(tenant);
    if (known && known.until > now()) return known.keys;
    const [found, time] = await Promise.all([store.secrets(tenant), store.now()]);
    const open = (sealed: string): Buffer => secretKey(unseal(sealing, purpose(tenant), sealed));
    const both = found?.previous && found.previousUntil > time ? [found.current, found.previous] : [found?.current];
    const keys = both.flatMap((sealed) => (sealed ? [open(sealed)] : []));
    kept.set(tenant, { keys, until: now() + KEPT_MS });
    return keys;
  };
}

export type SecretMaker = ReturnType<typeof createSecretMaker>;

/** Makes and rotates tenants' webhook secrets; each is shown once, and kept sealed. */
export function createSecretMaker(store: AccessStore, sealing: Buffer) {
  const make = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  return {
    /** The tenant's first secret, or null when it has one already. */
    async first(tenant: string): Promise<string | null> {
      const secret = make();
      return (await store.addSecret(tenant, seal(sealing, purpose(tenant), secret))) ? secret : null;
    },

    /** A new secret; the one before it signs too for 24 hours. */
    async rotate(tenant: string): Promise<{ secret: string; previousUntil: number }> {
      const was = await store.secrets(tenant);
      const secret = make();
      const previousUntil = was ? (await store.now()) + BOTH_SIGN_MS : 0;
      await store.replaceSecret(tenant, seal(sealing, purpose(tenant), secret), was?.current ?? '', previousUntil);
      return { secret, previousUntil };
    },
  };
}
