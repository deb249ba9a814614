import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { Answer, Deps, Input } from '../../http/endpoint';

/** `DELETE /v1/jobs/{id}`: removes every trace; afterwards it is a 404. */
export async function eraseJob(input: Input, { jobs, logger, audit }: Deps): Promise<Answer> {
  const { params, tenant, caller, address, requestId, trace } = input;
  const { id = '' } = params;
  await jobs.erase(id, tenant);
  logger.info('job.erased', { request_id: requestId, job_id: id, tenant, ...traceFields(trace) });
  const about = { actor: caller.actor, tenant, target: id, from: address, request_id: requestId };
  await audit.record({ action: 'job.erased', ...about, outcome: 'done' });
  return { status: 204 };
}
