import { createHash } from 'node:crypto';
import type { Audit } from '@flashcards/shared/runtime/audit';
import { withoutSecrets } from '@flashcards/shared/runtime/config';
import { type ApiConfig, apiSettings } from '../config';

/** Settings that changed since the last start show as another fingerprint; secrets are no part of it. */
export function auditStart(audit: Pick<Audit, 'record'>, config: ApiConfig): Promise<void> {
  const shown = JSON.stringify(withoutSecrets(apiSettings, config));
  const settings = createHash('sha256').update(shown).digest('hex').slice(0, 16);
  return audit.record({
    action: 'service.started',
    actor: 'service',
    outcome: 'done',
    details: { auth: config.AUTH, settings },
  });
}

export const auditRanges = (audit: Audit, cidrs: string): Promise<void> =>
  audit.record({ action: 'webhooks.inner_ranges_allowed', actor: 'service', outcome: 'done', details: { cidrs } });
