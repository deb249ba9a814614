import { Joi } from '@flashcards/shared/contract/text';
import { DEFAULT_SCOPES, SCOPES, TENANT_PATTERN } from '@flashcards/shared/security/api-key';

/** What may be asked of the key ring, over HTTP and by the command. */

const MAX_DAYS = 3_650;
const MAX_OVERLAP_HOURS = 720;
const DEFAULT_OVERLAP_HOURS = 24;

const days = Joi.number().positive().max(MAX_DAYS);

/** `open` is the tenant of all callers in a deployment without keys. */
const tenantSchema = Joi.string()
  .pattern(TENANT_PATTERN, { name: 'must be the name of a tenant: a-z, 0-9, - and _' })
  .invalid('open');

/** Names the tenant that is meant, or none. */
export const tenantQuery = Joi.object({ tenant: tenantSchema });
export const oneTenant = Joi.object({ tenant: tenantSchema.required() });

/** What a key is made of; also the flags of the command. */
export const newKeySchema = Joi.object({
  tenant: tenantSchema.required(),
  name: Joi.string().max(100).plain().allow('').default(''),
  scopes: Joi.array()
    .items(Joi.string().valid(...SCOPES))
    .min(1)
    .unique()
    .default(DEFAULT_SCOPES),
  expires_days: days.allow(null).default(null),
});

/** Without `expires_days` the new key ends when the old one would have; with null it does not end by itself. */
export const rotateSchema = Joi.object({
  overlap_hours: Joi.number().min(0).max(MAX_OVERLAP_HOURS).default(DEFAULT_OVERLAP_HOURS),
  expires_days: days.allow(null),
});
