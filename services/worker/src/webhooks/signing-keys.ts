import type { Redis } from 'ioredis';
import { sealingKey } from '@flashcards/shared/security/sealed';
import { secretKey } from '@flashcards/shared/security/webhook-secret';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretReader } from '@flashcards/shared/store/keys/webhook-secrets';
import type { WorkerConfig } from '../config';

/** Says what to sign a tenant's webhooks with: `WEBHOOK_SECRET` in open mode, else the secrets in its record. */
export function createSigningKeys(
  redis: Redis,
  { REDIS_PREFIX, SECRETS_KEY, WEBHOOK_SECRET }: WorkerConfig,
): (tenant: string) => Promise<readonly Buffer[]> {
  const ofOpen = WEBHOOK_SECRET ? [secretKey(WEBHOOK_SECRET)] : [];
  const secretsOf = SECRETS_KEY
    ? createSecretReader(createAccessStore(redis, REDIS_PREFIX), sealingKey(SECRETS_KEY))
    : () => Promise.resolve([]);
  return (tenant) => (tenant === 'open' ? Promise.resolve(ofOpen) : secretsOf(tenant));
}
