import { createHash } from 'node:crypto';
import { type Audit, createAudit } from '@flashcards/shared/runtime/audit';
import { withoutSecrets } from '@flashcards/shared/runtime/config';
import { type ApiConfig, apiSettings } from '../config';
import type { Foundation } from '../foundation';

/** The audit log, with the start of this process in it. */
export async function startAudit({ config, logger, metrics }: Foundation): Promise<Audit> {
  const audit = createAudit(config.AUDIT_FILE, logger, (outcome) => metrics.audited.labels(outcome).inc());
  await auditStart(audit, config);
  const cidrs = config.WEBHOOK_ALLOW_CIDRS;
  if (cidrs === '') return audit;
  logger.warn('webhooks.inner_ranges_allowed', { cidrs });
  const action = 'webhooks.inner_ranges_allowed';
  await audit.record({ action, actor: 'service', outcome: 'done', details: { cidrs } });
  return audit;
}

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
