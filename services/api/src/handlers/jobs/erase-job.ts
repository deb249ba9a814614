import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import { endpoint } from '../../http/endpoint';

export const eraseJob = endpoint({
  method: 'delete',
  path: '/v1/jobs/{id}',
  scope: 'data:erase',
  summary: 'Erase a job and every trace of its content',
  answers: { 204: { description: 'Erased.' } },
  errors: ['not_found', 'queue_unavailable'],
  handler: async ({ params: { id }, tenant, caller, address, requestId, trace }, { erasures, logger }) => {
    const { actor } = caller;
    await erasures.eraseJob(id, { tenant, actor, from: address, request_id: requestId });
    logger.info('job.erased', { request_id: requestId, job_id: id, tenant, ...traceFields(trace) });
    return { status: 204 };
  },
});
