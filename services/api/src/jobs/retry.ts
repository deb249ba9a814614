import { AppError } from '@flashcards/shared/contract/errors';
import { jobId } from './idempotency';
import { noJob } from './reading';
import type { SubmitParts, SubmitRequest, Submitted } from './submit';

type RetryRequest = Omit<SubmitRequest, 'submit'>;
type RetryParts = Pick<SubmitParts, 'store' | 'reader' | 'settings'> & {
  readonly submit: (request: SubmitRequest) => Promise<Submitted>;
};

/** Runs failed jobs again, as new ones with the same text and options. */
export function createRetry(parts: RetryParts) {
  return async function retry(id: string, request: RetryRequest): Promise<Submitted> {
    const source = await parts.store.retrySource(id, request.tenant);
    if (source === 'none') throw noJob();
    if (source === 'open') throw new AppError('conflict', 'Only a job that failed can be run again.');
    if (source === 'gone') return repeatedRetry(parts, id, request);
    const { submit, parent } = source;
    return parts.submit({ ...request, noStore: request.noStore || source.noStore, submit, parent, retryOf: id });
  };
}

/** The text is gone, and still a repeated key gives the job that it made while the text was there. */
async function repeatedRetry(
  { store, reader, settings }: RetryParts,
  id: string,
  { tenant, idempotencyKey }: RetryRequest,
): Promise<Submitted> {
  const made = idempotencyKey === undefined ? '' : jobId(tenant, idempotencyKey, settings.region);
  const found = made ? await store.read(made, tenant) : 'none';
  if (typeof found === 'string' || found.fields.get('retry_of') !== id)
    throw new AppError('gone', 'The text of this job has been erased. Submit it again.');
  return { job: reader.view(made, found).job, replayed: true };
}
