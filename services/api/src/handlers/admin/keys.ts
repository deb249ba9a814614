import { DEFAULT_SCOPES, KEY_ID_PATTERN, SCOPES, TENANT_PATTERN } from '@flashcards/shared/security/api-key';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Limits } from '@flashcards/shared/contract/limits';
import { Joi } from '@flashcards/shared/contract/text';
import type { Answer, Deps, Input } from '../../http/endpoint';
import type { Actor, KeyRing, NewKey } from '../../keys/key-ring';

const MAX_DAYS = 3_650;
const MAX_OVERLAP_HOURS = 720;
const DEFAULT_OVERLAP_HOURS = 24;

/** `open` is whoever comes where there are no keys. */
export const tenantSchema = Joi.string()
  .pattern(TENANT_PATTERN, { name: 'a tenant: a-z, 0-9, - and _' })
  .invalid('open');

/** What a key is made of; also the flags of the command. */
export const newKeySchema = Joi.object({
  tenant: tenantSchema.required(),
  name: Joi.string().max(100).plain().allow('').default(''),
  scopes: Joi.array()
    .items(Joi.string().valid(...SCOPES))
    .min(1)
    .unique()
    .default(DEFAULT_SCOPES),
  expires_days: Joi.number().positive().max(MAX_DAYS).allow(null).default(null),
});
export const rotateSchema = Joi.object({
  overlap_hours: Joi.number().min(0).max(MAX_OVERLAP_HOURS).default(DEFAULT_OVERLAP_HOURS),
});
export const keysQuery = Joi.object({ tenant: tenantSchema });

interface NewKeyBody extends Omit<NewKey, 'expiresDays'> {
  readonly expires_days: number | null;
}

export const newKeyOf = ({ expires_days, ...rest }: NewKeyBody): NewKey => ({ ...rest, expiresDays: expires_days });

function ringOf({ keyRing }: Deps): KeyRing {
  if (keyRing) return keyRing;
  throw new AppError('not_found', 'There are no keys in open mode.');
}

const actorOf = ({ caller, address, requestId }: Pick<Input, 'caller' | 'address' | 'requestId'>): Actor => ({
  actor: caller.actor,
  from: address,
  request_id: requestId,
});

function keyIdOf({ params: { key = '' } }: Pick<Input, 'params'>): string {
  if (KEY_ID_PATTERN.test(key)) return key;
  throw new AppError('not_found', 'There is no key with this id.');
}

function tenantOf({ params: { tenant = '' } }: Pick<Input, 'params'>): string {
  if (TENANT_PATTERN.test(tenant)) return tenant;
  throw new AppError('not_found', 'There is no tenant with this id.');
}

export async function listKeys(input: Input<never, { tenant?: string }>, deps: Deps): Promise<Answer> {
  return { status: 200, body: { keys: await ringOf(deps).list(input.query.tenant, actorOf(input)) } };
}

export async function createKey(input: Input<NewKeyBody, never>, deps: Deps): Promise<Answer> {
  const made = await ringOf(deps).create(newKeyOf(input.body), actorOf(input));
  return { status: 201, body: made };
}

export async function rotateKey(input: Input<{ overlap_hours: number }, never>, deps: Deps): Promise<Answer> {
  const id = keyIdOf(input);
  return { status: 201, body: await ringOf(deps).rotate(id, input.body.overlap_hours, actorOf(input)) };
}

export async function revokeKey(input: Input<never, never>, deps: Deps): Promise<Answer> {
  await ringOf(deps).revoke(keyIdOf(input), actorOf(input));
  return { status: 204 };
}

export async function rotateSecret(input: Input<never, never>, deps: Deps): Promise<Answer> {
  return { status: 201, body: await ringOf(deps).rotateSecret(tenantOf(input), actorOf(input)) };
}

export async function setLimits(input: Input<Partial<Limits>, never>, deps: Deps): Promise<Answer> {
  return { status: 200, body: await ringOf(deps).setLimits(tenantOf(input), input.body, actorOf(input)) };
}
