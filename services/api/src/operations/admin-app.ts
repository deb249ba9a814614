import type { RequestListener } from 'node:http';
import type { Foundation } from '../foundation';
import { createApp } from '../http/app';
import type { Deps } from '../http/endpoint';
import type { Authenticator } from '../http/middleware/authenticate';
import { BOARD_PATH } from '../http/middleware/serve-board';
import { adminRoutes } from '../routes';

const MAX_BODY_BYTES = 16 * 1_024;

/** What operators reach on the operations port: keys, limits and the board, where there are keys. */
export function createAdminApp(
  base: Foundation,
  deps: Deps,
  authenticator: Authenticator,
): RequestListener | undefined {
  if (authenticator.kind === 'open') return undefined;
  const { config, tracing, redis, failed } = base;
  return createApp(deps, adminRoutes, {
    trustProxyHops: 0,
    maxBodyBytes: MAX_BODY_BYTES,
    authenticator,
    tracing,
    board: async () => {
      const { createBoard } = await import('./board.js');
      const parts = { connection: redis.queue, prefix: config.REDIS_PREFIX, onError: failed('board') };
      return createBoard({ path: BOARD_PATH, ...parts });
    },
  });
}
