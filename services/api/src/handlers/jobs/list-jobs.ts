import type { Status } from '@flashcards/shared/contract/job';
import type { Answer, Deps, Input } from '../../http/endpoint';

export interface ListQuery {
  readonly status?: Status;
  readonly limit: number;
  readonly cursor?: string;
}

/** `GET /v1/jobs`: one's own, newest first. The cursor is a place in time, so newer jobs move nothing. */
export async function listJobs({ tenant, query }: Input<never, ListQuery>, { jobs }: Deps): Promise<Answer> {
  const { next, jobs: found } = await jobs.list(tenant, query.status ?? '', query.cursor ?? '', query.limit);
  // A list tells what there is; the deck of one job is read by its id.
  return { status: 200, body: { jobs: found.map((job) => ({ ...job, result: null })), next_cursor: next || null } };
}
