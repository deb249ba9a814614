import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import { endpoint } from '../../http/endpoint';
import { READ_ERRORS, answersJob } from '../row-parts';

export const cancelJob = endpoint({
  method: 'post',
  path: '/v1/jobs/{id}/cancel',
  scope: 'jobs:write',
  summary: 'Cancel a job wherever it is',
  answers: { 200: answersJob('The job, canceled or as it had ended.') },
  errors: [...READ_ERRORS],
  handler: async ({ params: { id }, tenant, requestId, trace }, { jobs, logger }) => {
    const { job } = await jobs.cancel(id, tenant);
    const about = { request_id: requestId, job_id: job.id, tenant, ...traceFields(trace) };
    logger.info('job.cancel_asked', { ...about, status: job.status });
    return { status: 200, body: job };
  },
});
