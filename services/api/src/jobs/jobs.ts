import type { QueueState, Store } from '@flashcards/shared/store/jobs/job-store';
import type { Notifier } from '@flashcards/shared/store/notifier';
import { type Reading, createReader } from './reading';
import { createRetry } from './retry';
import { type SubmitParts, createSubmit } from './submit';
import { Waiting } from './waiting';

export type JobsParts = Omit<SubmitParts, 'reader'> & { readonly notifier: Notifier };
export type Jobs = ReturnType<typeof createJobs>;

/** Submit, find, cancel and erase: what the handlers do with jobs. */
export function createJobs(parts: JobsParts) {
  const { store, feed, notifier, settings } = parts;
  const reader = createReader(store, settings.resultSeconds);
  const submit = createSubmit({ ...parts, reader });
  const waiting = new Waiting(reader, notifier);

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

    /** Its cached result is owed to the erasure. False when this tenant has no such job. */
    async eraseIfThere(...about: Parameters<Store['erase']>): Promise<boolean> {
      const erased = await store.erase(...about);
      if (erased) feed.ask();
      return erased;
    },

    queue: (): Promise<QueueState> => store.queue(),
  };
}
