import { AppError } from '@flashcards/shared/contract/errors';
import { Joi } from '@flashcards/shared/contract/text';
import type { Deps, Input } from '../../http/endpoint';
import type { Actor, KeyRing } from '../../keys/key-ring';

/** What the endpoints for operators share. They are in no document. */

export const DONE = { 200: { description: 'Done.', schema: Joi.object().unknown() } };
export const BODY_ERRORS = [
  'malformed_request',
  'unsupported_media_type',
  'invalid_request',
  'queue_unavailable',
] as const;

export function keyRingOf({ keyRing }: Deps): KeyRing {
  if (keyRing) return keyRing;
  throw new AppError('not_found', 'There are no keys in open mode.');
}

export const actorOf = ({ caller, address, requestId }: Input): Actor => ({
  actor: caller.actor,
  from: address,
  request_id: requestId,
});
