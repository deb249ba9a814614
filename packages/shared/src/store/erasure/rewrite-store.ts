import type { Redis } from 'ioredis';
import { createKeys } from '../keys';
import { defineScript } from '../script';
import { fields, flag, kinds, text } from '../shape';

export interface RewriteTimes {
  /** A rewrite waits until nothing was erased for this long. */
  readonly restMs: number;
  /** It waits no longer than this. */
  readonly patienceMs: number;
  /** The shortest time from one rewrite to the next. */
  readonly holdMs: number;
}

interface FileState {
  /** Redis keeps an append-only file. */
  readonly enabled: boolean;
  readonly rewriting: boolean;
  /** The last rewrite went well. */
  readonly ok: boolean;
}

export type RewriteStore = ReturnType<typeof createRewriteStore>;

/** The append-only file, in which erased data stays until Redis rewrites it. */
export function createRewriteStore(redis: Redis, prefix: string) {
  const keyspace = { redis, prefix };
  const begin = defineScript(keyspace, 'erasure/begin-rewrite', {
    read: kinds({ none: {}, rewrite: { last: text } }),
  });
  const end = defineScript(keyspace, 'erasure/end-rewrite', { read: fields({ done: flag }) });

  return {
    /** When the last thing was erased that a rewrite would now leave out; null where none is due. */
    async begin({ restMs, patienceMs, holdMs }: RewriteTimes): Promise<string | null> {
      const began = await begin({ rest_ms: restMs, patience_ms: patienceMs, hold_ms: holdMs });
      return began.kind === 'rewrite' ? began.last : null;
    },

    /** The rewrite that began with `last` is done; false when more was erased since. */
    end: async (last: string): Promise<boolean> => (await end({ last })).done,

    /** Lets the next one begin after `ms`. */
    async again(ms: number): Promise<void> {
      await redis.pexpire(createKeys(prefix)('rewriteHeld'), ms);
    },

    async state(): Promise<FileState> {
      const info = await redis.info('persistence');
      const says = (line: string): boolean => new RegExp(`^${line}\\r?$`, 'm').test(info);
      return {
        enabled: says('aof_enabled:1'),
        rewriting: says('aof_rewrite_in_progress:1') || says('aof_rewrite_scheduled:1'),
        ok: says('aof_last_bgrewrite_status:ok'),
      };
    },

    async rewrite(): Promise<void> {
      await redis.bgrewriteaof();
    },
  };
}
