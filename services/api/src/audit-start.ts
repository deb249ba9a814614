import { createHash } from 'node:crypto';
import type { Audit } from '@flashcards/shared/runtime/audit';
import type { ApiConfig } from './config';

/** Settings that changed since the last start show as another fingerprint; secrets are no part of it. */
export function auditStart(audit: Audit, config: ApiConfig): Promise<void> {
  const {
    KEY_PEPPER: _pepper,
    SECRETS_KEY: _sealing,
    WEBHOOK_SECRET: _secret,
    REDIS_URL: _url,
    CACHE_REDIS_URL: _cache,
    ...rest
  } = config;
  const settings = createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16);
  return audit.record({
    action: 'service.started',
    actor: 'service',
    outcome: 'done',
    details: { auth: config.AUTH, settings },
  });
}

export const auditRanges = (audit: Audit, cidrs: string): Promise<void> =>
  audit.record({ action: 'webhooks.inner_ranges_allowed', actor: 'service', outcome: 'done', details: { cidrs } });
