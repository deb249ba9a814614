import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { tracingSettings } from '@flashcards/shared/contract/settings';
import { Lifecycle } from '@flashcards/shared/runtime/lifecycle';
import { type Logger, createLimitedLog, createLogger, errorFields } from '@flashcards/shared/runtime/logger';
import { connectRedis } from '@flashcards/shared/runtime/redis';
import { within } from '@flashcards/shared/runtime/time';
import { type Tracing, startTracing } from '@flashcards/shared/runtime/tracing/tracing';
import { refuseEviction } from '@flashcards/shared/store/redis-memory';
import { type ApiConfig, openSecrets } from './config';
import { type ApiMetrics, createApiMetrics } from './operations/metrics';

/** What every part of the process stands on. */
export interface Foundation {
  readonly config: ApiConfig;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly metrics: ApiMetrics;
  readonly tracing: Tracing | undefined;
  readonly redis: Connections;
  /** Logs that something failed, and the same thing only once in a while. */
  readonly failed: (what: string) => (error: unknown) => void;
}

/** Connections by what they are for; each fails fast but the one that listens. */
interface Connections {
  readonly requests: Redis;
  readonly cache: Redis;
  readonly queue: Redis;
  /** The notifier's, who closes it. */
  readonly messages: Redis;
}

export async function createFoundation(config: ApiConfig): Promise<Foundation> {
  const logger = createLogger({ level: config.LOG_LEVEL, service: 'api', region: config.REGION });
  for (const setting of openSecrets()) logger.warn('config.secret_readable', { setting });
  const lifecycle = new Lifecycle(logger, config.DRAIN_SECONDS + 5);
  lifecycle.listen();
  const traces = tracingSettings(config, 'api');
  const metrics = createApiMetrics(config.REGION, traces.endpoint !== undefined);
  const counted = (outcome: string, spans: number): void => metrics.spans.labels(outcome).inc(spans);
  const tracing = await startTracing(traces, { counted, logger });
  lifecycle.hold('tracing', () => tracing?.close());
  const limited = createLimitedLog(logger.warn);
  const failed = (what: string) => (error: unknown) => limited(`${what}.failed`, what, errorFields(error));
  const redis = await connect(config, logger, lifecycle);
  await refuseEviction(redis.requests);
  return { config, logger, lifecycle, metrics, tracing, redis, failed };
}

/** Gives Redis a moment to be there; without it the API starts all the same, not ready, and recovers by itself. */
async function connect(config: ApiConfig, logger: Logger, lifecycle: Lifecycle): Promise<Connections> {
  const url = config.REDIS_URL;
  const requests = connectRedis(url, 'request', logger);
  const cache = connectRedis(config.CACHE_REDIS_URL ?? url, 'cache', logger);
  const queue = connectRedis(url, 'request', logger);
  const messages = connectRedis(url, 'subscriber', logger);
  lifecycle.hold('redis', () => [requests, cache, queue].forEach((connection) => connection.disconnect()));
  const ready = [requests, cache, queue].map((connection) => once(connection, 'ready'));
  await within(2_000, Promise.all(ready), () => new Error('late')).catch(() => undefined);
  return { requests, cache, queue, messages };
}
