import { Redis, type RedisOptions } from 'ioredis';
import { type Logger, createLimitedLog, errorFields } from './logger';

const retryStrategy = (times: number): number => Math.min(200 * times, 1_000) + Math.floor(Math.random() * 300);

/**
 * How a connection behaves when Redis is away:
 * - `request`: someone waits for the answer, so a command fails at once when Redis is down and in
 *   `REQUEST_TIMEOUT_MILLISECONDS` when it hangs;
 * - `cache`: may be lost at any time, so it gives up sooner;
 * - `worker`: waits for as long as it takes;
 * - `subscriber`: the same; nothing it asks for takes long.
 *
 * `socketTimeout`: something was asked and nothing came for so long, so the other end is gone and the connection is made
 * again. An idle one counts as good, so each sends a PING now and then. BullMQ blocks a worker's for up to 10 s.
 */
const KINDS = {
  request: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_400, socketTimeout: 3_000 },
  cache: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250, socketTimeout: 3_000 },
  worker: { maxRetriesPerRequest: null, socketTimeout: 12_000 },
  subscriber: { maxRetriesPerRequest: null, socketTimeout: 3_000 },
} as const satisfies Record<string, RedisOptions>;

export type RedisKind = keyof typeof KINDS;

const PING_MS = 5_000;
/** A Redis that reads its data says how long that may take, and ioredis would wait as long before it asks again. */
const LOADING_MS = 1_000;

/** A connection that reconnects for ever, at most 1.3 s after Redis is back, and logs at most a line a second. */
export function connectRedis(url: string, kind: RedisKind, logger: Logger): Redis {
  const always = { connectTimeout: 2_000, maxLoadingRetryTime: LOADING_MS, retryStrategy, reconnectOnError };
  const redis = new Redis(url, { ...always, ...KINDS[kind] });
  const log = createLimitedLog(logger.warn);
  redis.on('error', (error: Error) => log('redis.failed', error.message, { connection: kind, ...errorFields(error) }));
  pingOften(redis);
  return redis;
}

function pingOften(redis: Redis): void {
  const timer = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, PING_MS).unref();
  redis.once('end', () => clearInterval(timer));
}

/** What a Redis answers that takes no writes because it is not the primary, or not yet. It has done nothing then. */
const NOT_PRIMARY: ReadonlySet<string> = new Set(['READONLY', 'MASTERDOWN', 'LOADING', 'MOVED', 'ASK', 'CLUSTERDOWN']);
const CANNOT: ReadonlySet<string> = new Set([...NOT_PRIMARY, 'OOM', 'MISCONF', 'BUSY', 'NOREPLICAS']);
const CONNECTION_WORDS =
  /Command timed out|isn't writeable|Connection is closed|connection close|max retries per request|ECONN|EPIPE/;

/** The word that a refusal begins with. Redis 6 puts words of its own before the error of a script. */
const refusalOf = ({ message }: Error): string =>
  /^(?:ERR Error running script .*: -)?([A-Z]+)\b/.exec(message)?.[1] ?? '';

/**
 * The address may lead to another Redis by now: 1 connects again and lets the command fail, 2 also sends it again. Only
 * scripts are: each is a step that was refused as a whole, where a plain command may be part of a transaction.
 */
function reconnectOnError(error: Error): false | 1 | 2 {
  if (!NOT_PRIMARY.has(refusalOf(error))) return false;
  const command: unknown = 'command' in error ? error.command : null;
  const name: unknown = typeof command === 'object' && command !== null && 'name' in command ? command.name : null;
  return name === 'eval' || name === 'evalsha' ? 2 : 1;
}

/** Whether an error says that Redis cannot be reached or cannot serve now, rather than that we asked wrongly. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' ? CANNOT.has(refusalOf(error)) : CONNECTION_WORDS.test(error.message);
}
