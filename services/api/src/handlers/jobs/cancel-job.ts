import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Answer, Deps, Input } from '../../http/endpoint';

/** `POST /v1/jobs/{id}/cancel`: `canceled` at once; a job that ended is returned as it is. */
export async function cancelJob({ params, tenant, requestId, trace }: Input, { jobs, logger }: Deps): Promise<Answer> {
  const { job } = await jobs.cancel(params['id'] ?? '', tenant);
  const about = { request_id: requestId, job_id: job.id, tenant, ...traceFields(trace) };
  logger.info('job.cancel_asked', { ...about, status: job.status });
  return { status: 200, body: job };
}
