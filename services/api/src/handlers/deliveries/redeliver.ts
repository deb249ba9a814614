import { deliverySchema } from '@flashcards/shared/contract/delivery';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import { endpoint } from '../../http/endpoint';
import { READ_ERRORS } from '../row-parts';

/** One attempt now, also to a URL that gets no others. */
export const redeliver = endpoint({
  method: 'post',
  path: '/v1/jobs/{id}/deliveries/{delivery_id}/redeliver',
  scope: 'jobs:write',
  summary: 'Deliver once more, now',
  answers: { 202: { description: 'The delivery; its attempt follows.', schema: deliverySchema } },
  errors: [...READ_ERRORS, 'conflict'],
  handler: async ({ params: { id, delivery_id }, tenant, requestId, trace }, { deliveries, logger }) => {
    const delivery = await deliveries.redeliver(id, delivery_id, tenant);
    const about = { request_id: requestId, job_id: id, delivery_id: delivery.id, tenant };
    logger.info('delivery.asked', { ...about, ...traceFields(trace) });
    return { status: 202, body: delivery };
  },
});
