import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Answer, Deps, Input } from '../../http/endpoint';

/** `POST /v1/jobs/{id}/deliveries/{delivery_id}/redeliver`: one attempt now, also to a URL that gets no others. */
export async function redeliver(input: Input, { deliveries, logger }: Deps): Promise<Answer> {
  const { params, tenant, requestId, trace } = input;
  const { id = '', delivery_id = '' } = params;
  const delivery = await deliveries.redeliver(id, delivery_id, tenant);
  const about = { request_id: requestId, job_id: id, delivery_id: delivery.id, tenant };
  logger.info('delivery.asked', { ...about, ...traceFields(trace) });
  return { status: 202, body: delivery };
}
