import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import { endpoint } from '../../http/endpoint';

export const eraseJob = endpoint({
  method: 'delete',
  path: '/v1/jobs/{id}',
  scope: 'data:erase',
  summary: 'Erase a job and every trace of its content',
  answers: { 204: { description: 'Erased.' } },
  errors: ['not_found', 'queue_unavailable'],
  handler: async ({ params: { id }, tenant, caller, address, requestId, trace }, { jobs, logger, audit }) => {
    await jobs.erase(id, tenant);
    logger.info('job.erased', { request_id: requestId, job_id: id, tenant, ...traceFields(trace) });
    const about = { actor: caller.actor, tenant, target: id, from: address, request_id: requestId };
    await audit.record({ action: 'job.erased', ...about, outcome: 'done' });
    return { status: 204 };
  },
});
