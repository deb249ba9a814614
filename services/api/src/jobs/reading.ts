import { AppError } from '@flashcards/shared/contract/errors';
import type { Job, Status } from '@flashcards/shared/contract/job';
import type { Store } from '@flashcards/shared/store/jobs/job-store';
import type { Page } from '@flashcards/shared/store/jobs/log';
import type { Found } from '@flashcards/shared/store/jobs/read';
import { type Fields, jobOf, sequence } from '@flashcards/shared/store/jobs/record';

/** A job as read: what a client sees, and the number of its last event. */
export interface Reading {
  readonly job: Job;
  readonly sequence: number;
  readonly fields: Fields;
}

/** A record as the store found it. */
export type Stored = Exclude<Found, string>;
export type Reader = ReturnType<typeof createReader>;

/** Reads jobs of a tenant: one, some, or what happened to one. */
export function createReader(store: Store, resultSeconds: number) {
  const view = (id: string, { fields, queuePosition }: Stored): Reading => ({
    job: jobOf({ id, fields, queuePosition }, resultSeconds),
    sequence: sequence(fields),
    fields,
  });
  const find = async (id: string, tenant: string): Promise<Stored> => there(await store.read(id, tenant));

  return {
    view,
    find,

    read: async (id: string, tenant: string): Promise<Reading> => view(id, await find(id, tenant)),

    /** A page of the job's events after number `after`. */
    follow: async (id: string, tenant: string, after: number): Promise<Page> =>
      there(await store.follow(id, tenant, after)),

    /** A page of jobs without their decks, and where the next one begins. */
    async list(
      tenant: string,
      status: Status | '',
      from: string,
      limit: number,
    ): Promise<{ next: string; jobs: Job[] }> {
      const { next, ids } = await store.list(tenant, status, from, limit);
      const found = await Promise.all(ids.map(async (id) => ({ id, entry: await store.read(id, tenant, 'summary') })));
      return { next, jobs: found.flatMap(({ id, entry }) => (typeof entry === 'string' ? [] : [view(id, entry).job])) };
    },
  };
}

export const noJob = (): AppError => new AppError('not_found', 'There is no job with this id.');

function there<T>(found: T | 'gone' | 'none'): T {
  if (found === 'gone') throw new AppError('gone', 'The result of this job has expired. Submit its text again.');
  if (found === 'none') throw noJob();
  return found;
}
