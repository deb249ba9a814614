import { sealingKey } from '@flashcards/shared/security/sealed';
import type { Audit } from '@flashcards/shared/runtime/audit';
import { ConfigError } from '@flashcards/shared/runtime/config';
import type { AccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretMaker } from '@flashcards/shared/store/keys/webhook-secrets';
import { createAccess } from './access';
import { type ApiConfig, limitsOf } from '../config';
import { createFailedKeys } from './failed-keys';
import { KeyRing } from './key-ring';
import type { Authenticator } from '../http/middleware/authenticate';

interface AuthenticatorParts {
  readonly access: AccessStore;
  readonly audit: Audit;
  readonly onError: (error: unknown) => void;
}

/** Who is let in: whoever comes, or who has a key; and what manages the keys, where there are any. */
export function createAuthenticator(
  config: ApiConfig,
  parts: AuthenticatorParts,
): { authenticator: Authenticator; keyRing: KeyRing | undefined } {
  const { access: store, audit, onError } = parts;
  const { AUTH, KEY_PEPPER: pepper, SECRETS_KEY } = config;
  const limits = limitsOf(config);
  if (AUTH === 'open') return { authenticator: { kind: 'open', limits }, keyRing: undefined };
  if (!pepper || !SECRETS_KEY) throw new ConfigError('AUTH=keys needs KEY_PEPPER and SECRETS_KEY.');
  const secrets = createSecretMaker(store, sealingKey(SECRETS_KEY));
  const failed = createFailedKeys((from, failures) => {
    void audit.record({ action: 'keys.failed', actor: 'service', from, outcome: 'refused', details: { failures } });
  });
  return {
    authenticator: { kind: 'keys', access: createAccess({ store, pepper, limits, onError }), failed, audit },
    keyRing: new KeyRing({ store, secrets, pepper, audit }),
  };
}
