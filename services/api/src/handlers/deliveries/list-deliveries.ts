import { deliverySchema } from '@flashcards/shared/contract/delivery';
import { Joi } from '@flashcards/shared/contract/text';
import { endpoint } from '../../http/endpoint';
import { READ_ERRORS } from '../row-parts';

const logSchema = Joi.object({ deliveries: Joi.array().items(deliverySchema).required() });

export const listDeliveries = endpoint({
  method: 'get',
  path: '/v1/jobs/{id}/deliveries',
  scope: 'jobs:read',
  summary: "What was sent to a job's webhook, attempt by attempt",
  answers: { 200: { description: 'The log; empty before the end, and without a webhook.', schema: logSchema } },
  errors: [...READ_ERRORS],
  handler: async ({ params: { id }, tenant }, { deliveries }) => ({
    status: 200,
    body: { deliveries: await deliveries.read(id, tenant) },
  }),
});
