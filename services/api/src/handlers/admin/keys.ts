import { AppError } from '@flashcards/shared/contract/errors';
import { KEY_ID_PATTERN } from '@flashcards/shared/security/api-key';
import { endpoint } from '../../http/endpoint';
import { newKeySchema, rotateSchema, tenantQuery } from '../../keys/key-requests';
import { BODY_ERRORS, DONE, actorOf, keyRingOf } from './key-ring';

export const listKeys = endpoint({
  method: 'get',
  path: '/admin/keys',
  scope: 'admin',
  summary: 'List keys, of all tenants or of one',
  query: tenantQuery,
  answers: DONE,
  errors: ['invalid_request', 'queue_unavailable'],
  handler: async (input, deps) => ({
    status: 200,
    body: { keys: await keyRingOf(deps).list(input.query.tenant, actorOf(input)) },
  }),
});

export const createKey = endpoint({
  method: 'post',
  path: '/admin/keys',
  scope: 'admin',
  summary: 'Make a key; it is shown only once',
  body: newKeySchema,
  answers: DONE,
  errors: [...BODY_ERRORS, 'conflict'],
  handler: async (input, deps) => ({ status: 201, body: await keyRingOf(deps).create(input.body, actorOf(input)) }),
});

export const rotateKey = endpoint({
  method: 'post',
  path: '/admin/keys/{key}/rotate',
  scope: 'admin',
  summary: 'Put a new key beside an old one',
  body: rotateSchema,
  answers: DONE,
  errors: [...BODY_ERRORS, 'conflict', 'not_found'],
  handler: async (input, deps) => ({
    status: 201,
    body: await keyRingOf(deps).rotate(keyId(input.params.key), input.body, actorOf(input)),
  }),
});

export const revokeKey = endpoint({
  method: 'delete',
  path: '/admin/keys/{key}',
  scope: 'admin',
  summary: 'Revoke a key at once',
  answers: DONE,
  errors: ['not_found', 'queue_unavailable'],
  handler: async (input, deps) => {
    await keyRingOf(deps).revoke(keyId(input.params.key), actorOf(input));
    return { status: 204 };
  },
});

function keyId(key: string): string {
  if (KEY_ID_PATTERN.test(key)) return key;
  throw new AppError('not_found', 'There is no key with this id.');
}
