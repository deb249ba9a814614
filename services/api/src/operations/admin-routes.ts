import Joi from 'joi';
import type { HttpErrorCode } from '@flashcards/shared/contract/errors';
import { limitsSchema } from '@flashcards/shared/contract/limits';
import type { Endpoint, Handler } from '../http/endpoint';
import {
  createKey,
  keysQuery,
  listKeys,
  newKeySchema,
  revokeKey,
  rotateKey,
  rotateSchema,
  rotateSecret,
  setLimits,
} from '../handlers/admin/keys';

const anything = Joi.object().unknown();
const BODY_ERRORS = ['malformed_request', 'unsupported_media_type', 'invalid_request', 'queue_unavailable'] as const;

const endpoint = (row: Pick<Endpoint, 'method' | 'path' | 'summary' | 'body' | 'query'> & { handler: unknown; errors: readonly HttpErrorCode[] }): Endpoint => ({
  ...row,
  scope: 'admin',
  handler: row.handler as Handler,
  answers: { 200: { description: 'Done.', schema: anything } },
}); // prettier-ignore

/** What operators do, on the operations port alone, with a key that has the scope `admin`. */
export const adminRoutes: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/admin/keys', handler: listKeys, summary: 'List keys, of all tenants or of one',
    query: keysQuery, errors: ['invalid_request', 'queue_unavailable'],
  }),
  endpoint({
    method: 'post', path: '/admin/keys', handler: createKey, summary: 'Make a key; it is told this once',
    body: newKeySchema, errors: [...BODY_ERRORS, 'conflict'],
  }),
  endpoint({
    method: 'post', path: '/admin/keys/{key}/rotate', handler: rotateKey, summary: 'Put a new key beside an old one',
    body: rotateSchema, errors: [...BODY_ERRORS, 'conflict', 'not_found'],
  }),
  endpoint({
    method: 'delete', path: '/admin/keys/{key}', handler: revokeKey, summary: 'Revoke a key at once',
    errors: ['not_found', 'queue_unavailable'],
  }),
  endpoint({
    method: 'post', path: '/admin/tenants/{tenant}/webhook-secret', handler: rotateSecret,
    summary: 'Make a new webhook secret; the one before it signs too for 24 h',
    errors: ['not_found', 'queue_unavailable'],
  }),
  endpoint({
    method: 'patch', path: '/admin/tenants/{tenant}/limits', handler: setLimits, summary: "Set a tenant's own limits",
    body: limitsSchema, errors: [...BODY_ERRORS, 'not_found'],
  }),
]; // prettier-ignore
