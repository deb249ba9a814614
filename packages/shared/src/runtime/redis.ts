import { Redis, type RedisOptions } from 'ioredis';
import { type Logger, createLimitedLog, errorFields } from './logger';

const retryStrategy = (times: number): number => Math.min(200 * times, 1_000) + Math.floor(Math.random() * 300);

/**
 * How a connection behaves when Redis is away:
 * - `request`: someone waits for the answer, so a command fails at once when Redis is down and in
 *   `REQUEST_TIMEOUT_MILLISECONDS` when it hangs;
 * - `cache`: may be lost at any time, so it gives up sooner;
 * - `worker`: waits for as long as it takes.
 */
const KINDS = {
  request: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_400 },
  cache: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250 },
  worker: { maxRetriesPerRequest: null },
} as const satisfies Record<string, RedisOptions>;

export type RedisKind = keyof typeof KINDS;

/** A connection that reconnects for ever, at most 1.3 s after Redis is back, and logs at most a line a second. */
export function connectRedis(url: string, kind: RedisKind, logger: Logger): Redis {
  const redis = new Redis(url, { connectTimeout: 2_000, retryStrategy, ...KINDS[kind] });
  const log = createLimitedLog(logger.warn);
  redis.on('error', (error: Error) => log('redis.failed', error.message, { connection: kind, ...errorFields(error) }));
  return redis;
}

const REDIS_CANNOT = /^(LOADING|OOM|MISCONF|READONLY|BUSY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN)\b/;
const CONNECTION_WORDS = /Command timed out|isn't writeable|Connection is closed|max retries per request|ECONN|EPIPE/;

/** Whether an error says that Redis cannot be reached or cannot serve now, rather than that we asked wrongly. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' ? REDIS_CANNOT.test(error.message) : CONNECTION_WORDS.test(error.message);
}
