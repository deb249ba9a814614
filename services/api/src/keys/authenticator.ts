import { sealingKey } from '@flashcards/shared/security/sealed';
import type { Audit } from '@flashcards/shared/runtime/audit';
import { ConfigError } from '@flashcards/shared/runtime/config';
import { createLimitedLog } from '@flashcards/shared/runtime/logger';
import { createRecordSigner } from '@flashcards/shared/security/record-signature';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretMaker } from '@flashcards/shared/store/keys/webhook-secrets';
import { Notifier } from '@flashcards/shared/store/notifier';
import { limitsOf } from '../config';
import type { Foundation } from '../foundation';
import type { Authenticator } from '../http/middleware/authenticate';
import { createAccess } from './access';
import { createFailedKeys } from './failed-keys';
import { KeyRing } from './key-ring';
import { createTrust } from './trust';

interface Keys {
  readonly authenticator: Authenticator;
  /** What manages the keys, where there are any. */
  readonly keyRing: KeyRing | undefined;
}

/** Of a record that KEY_PEPPER did not sign. */
const EVENTS = { accepted: 'record.accepted_unsigned', refused: 'record.refused_unsigned' };

/** Lets in every caller, or only those with a key. */
export function createAuthenticator({ config, redis, logger, failed: onFailure }: Foundation, audit: Audit): Keys {
  const { AUTH, KEY_PEPPER: pepper, SECRETS_KEY } = config;
  const limits = limitsOf(config);
  if (AUTH === 'open') return { authenticator: { kind: 'open', limits }, keyRing: undefined };
  if (!pepper || !SECRETS_KEY) throw new ConfigError('AUTH=keys needs KEY_PEPPER and SECRETS_KEY.');
  const store = createAccessStore(redis.requests, config.REDIS_PREFIX);
  const signer = createRecordSigner(pepper);
  const limited = createLimitedLog(logger.warn);
  const trust = createTrust({
    signer,
    required: config.REQUIRE_SIGNED_KEYS,
    onUnsigned: (record) =>
      limited(EVENTS[record.refused ? 'refused' : 'accepted'], record.key_id ?? record.tenant, record),
  });
  const access = createAccess({ store, trust, pepper, limits, onError: onFailure('keys') });
  const secrets = createSecretMaker(store, sealingKey(SECRETS_KEY));
  const changes = new Notifier(redis.messages, store.changes);
  const onChange = (listener: (id: string) => void): void => changes.subscribeAll(listener);
  onChange((id) => access.forget(id));
  const failed = createFailedKeys((from, failures) => {
    void audit.record({ action: 'keys.failed', actor: 'service', from, outcome: 'refused', details: { failures } });
  });
  return {
    authenticator: { kind: 'keys', access, failed, audit, onChange },
    keyRing: new KeyRing({ store, secrets, pepper, signer, trust, audit }),
  };
}
