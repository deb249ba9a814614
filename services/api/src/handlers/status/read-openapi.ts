import { Joi } from '@flashcards/shared/contract/text';
import { endpoint } from '../../http/endpoint';

/** Made from the schemas that validate. */
export const readOpenapi = endpoint({
  method: 'get',
  path: '/openapi.json',
  scope: 'public',
  summary: 'This document',
  answers: { 200: { description: 'OpenAPI 3.1.', schema: Joi.object().unknown() } },
  errors: [],
  handler: (_input, { openapi }) => ({
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    raw: openapi(),
  }),
});
