import type { Foundation } from '../foundation';
import { type Authenticator, mayStill } from '../http/middleware/authenticate';
import type { Records } from './start-jobs';
import { Listeners } from './streams';

/** Those who follow jobs. A stream ends with the key that opened it. */
export function startStreams(
  { config, metrics }: Foundation,
  { store, notifier }: Records,
  authenticator: Authenticator,
): Listeners {
  const listeners = new Listeners({
    notifier,
    metrics,
    max: config.MAX_STREAMS,
    isGood: (followed) => mayStill(authenticator, followed, 'jobs:read'),
    read: async (id, tenant, after) => {
      const page = await store.follow(id, tenant, after);
      return typeof page === 'string' ? null : page;
    },
  });
  if (authenticator.kind === 'keys') authenticator.onChange((id) => listeners.keyChanged(id));
  return listeners;
}
