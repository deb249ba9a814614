import type { Answer, Deps, Input } from '../endpoint';

/** `DELETE /v1/jobs/{id}`: removes every trace; afterwards it is a 404. */
export async function eraseJob({ params, tenant, requestId }: Input, { jobs, logger }: Deps): Promise<Answer> {
  const { id = '' } = params;
  await jobs.erase(id, tenant);
  logger.info('job.erased', { request_id: requestId, job_id: id, tenant });
  return { status: 204 };
}
