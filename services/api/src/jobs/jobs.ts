import type { QueueState } from '@flashcards/shared/store/jobs/job-store';
import type { Notifier } from '@flashcards/shared/store/notifier';
import { type Reading, createReader, noJob } from './reading';
import { createRetry } from './retry';
import { type SubmitParts, createSubmit } from './submit';
import { Waiting } from './waiting';

export type JobsParts = Omit<SubmitParts, 'reader'> & { readonly notifier: Notifier };
export type Jobs = ReturnType<typeof createJobs>;

/** Submit, find, cancel and erase: what the handlers do with jobs. */
export function createJobs(parts: JobsParts) {
  const { store, cache, feed, notifier, settings } = parts;
  const reader = createReader(store, settings.resultSeconds);
  const submit = createSubmit({ ...parts, reader });
  const waiting = new Waiting(reader, notifier);

  /** False when this tenant has no such job. */
  async function eraseIfThere(id: string, tenant: string): Promise<boolean> {
    const { erased, cacheKey } = await store.erase(id, tenant);
    if (cacheKey) await cache.remove(cacheKey);
    if (erased) feed.ask();
    return erased;
  }

  return {
    submit,
    retry: createRetry({ store, reader, settings, submit }),
    read: reader.read,
    follow: reader.follow,
    list: reader.list,
    wait: waiting.wait.bind(waiting),
    drain: waiting.drain.bind(waiting),

    /** Cancels a job wherever it is; one that ended is returned as it is. */
    async cancel(id: string, tenant: string): Promise<Reading> {
      await reader.find(id, tenant);
      await store.finish(id, null, { status: 'canceled' }, { tenant });
      feed.ask();
      return reader.read(id, tenant);
    },

    async erase(id: string, tenant: string): Promise<void> {
      if (!(await eraseIfThere(id, tenant))) throw noJob();
    },

    eraseIfThere,

    queue: (): Promise<QueueState> => store.queue(),
  };
}
