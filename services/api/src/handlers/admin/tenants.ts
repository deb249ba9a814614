import { AppError } from '@flashcards/shared/contract/errors';
import { limitsSchema } from '@flashcards/shared/contract/limits';
import { TENANT_PATTERN } from '@flashcards/shared/security/api-key';
import { endpoint } from '../../http/endpoint';
import { BODY_ERRORS, DONE, actorOf, keyRingOf } from './key-ring';

export const rotateSecret = endpoint({
  method: 'post',
  path: '/admin/tenants/{tenant}/webhook-secret',
  scope: 'admin',
  summary: 'Make a new webhook secret; the one before it signs too for 24 h',
  answers: DONE,
  errors: ['not_found', 'queue_unavailable'],
  handler: async (input, deps) => ({
    status: 201,
    body: await keyRingOf(deps).rotateSecret(tenantId(input.params.tenant), actorOf(input)),
  }),
});

export const setLimits = endpoint({
  method: 'patch',
  path: '/admin/tenants/{tenant}/limits',
  scope: 'admin',
  summary: "Set a tenant's own limits",
  body: limitsSchema,
  answers: DONE,
  errors: [...BODY_ERRORS, 'not_found'],
  handler: async (input, deps) => ({
    status: 200,
    body: await keyRingOf(deps).setLimits(tenantId(input.params.tenant), input.body, actorOf(input)),
  }),
});

function tenantId(tenant: string): string {
  if (TENANT_PATTERN.test(tenant)) return tenant;
  throw new AppError('not_found', 'There is no tenant with this id.');
}
