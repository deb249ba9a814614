import type { RequestListener } from 'node:http';
import { ADMIN_BOUNDS } from '@flashcards/shared/contract/body-bounds';
import type { Hosts } from '@flashcards/shared/runtime/http/request-guard';
import type { Foundation } from '../foundation';
import { createApp } from '../http/app';
import type { Deps } from '../http/endpoint';
import type { Authenticator } from '../http/middleware/authenticate';
import { BOARD_PATH } from '../http/middleware/serve-board';
import { adminRoutes } from '../routes';

interface Guarded {
  readonly authenticator: Authenticator;
  /** The names that the operations port answers to. */
  readonly hosts: Hosts;
}

/** What operators reach on the operations port: keys, limits and the board, where there are keys. */
export function createAdminApp(
  base: Foundation,
  deps: Deps,
  { authenticator, hosts }: Guarded,
): RequestListener | undefined {
  if (authenticator.kind === 'open') return undefined;
  const { config, tracing, redis, failed } = base;
  return createApp(deps, adminRoutes, {
    trustProxyHops: 0,
    refusedPerMinute: config.REFUSED_PER_MINUTE,
    bodyBounds: ADMIN_BOUNDS,
    authenticator,
    hosts,
    tracing,
    board: async () => {
      const { createBoard } = await import('./board.js');
      const parts = { connection: redis.queue, prefix: config.REDIS_PREFIX, onError: failed('board') };
      return createBoard({ path: BOARD_PATH, ...parts });
    },
  });
}
