import type { Redis } from 'ioredis';
import type { RedisKind } from '@flashcards/shared/runtime/redis';
import { parsePrice } from '@flashcards/shared/contract/cost';
import type { Feed } from '@flashcards/shared/queue/feed';
import { GENERATE_QUEUE } from '@flashcards/shared/queue/queues';
import type { Logger } from '@flashcards/shared/runtime/logger';
import type { Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import type { ResultCache } from '@flashcards/shared/store/decks/result-cache';
import type { Store } from '@flashcards/shared/store/jobs/job-store';
import { Notifier } from '@flashcards/shared/store/notifier';
import type { WorkerConfig } from '../config';
import { countInto } from '../counts';
import type { Heartbeat } from '../fleet/heartbeat';
import type { WorkerMetrics } from '../metrics';
import type { Model } from '../model/port';
import type { UsageReconciliation } from '../model/usage-reconciliation';
import type { Quarantine } from '../quarantine/quarantine';
import { createExecutor } from './execute';
import { createGenerateProcessor } from './generate-processor';
import { type StartedRun, createGenerateWork } from './generate-work';
import { createQueueWorker, drain, startWorker } from './queue-worker';
import { RunLogs } from './run-log';
import type { Running } from './running';

export interface GenerateQueueParts {
  readonly config: WorkerConfig;
  /** A connection of its own at each call. */
  readonly connect: (kind: RedisKind) => Redis;
  readonly store: Store;
  readonly cache: ResultCache;
  readonly feed: Feed;
  readonly model: Model;
  readonly reconciliation: UsageReconciliation;
  readonly quarantine: Quarantine;
  readonly heartbeat: Heartbeat;
  readonly running: Running<StartedRun>;
  readonly metrics: WorkerMetrics;
  readonly tracing: Tracing | undefined;
  readonly logger: Logger;
  readonly onError: (what: string) => (error: unknown) => void;
}

/** The queue `generate`: takes jobs and makes their decks, and stops those that are canceled. */
export function createGenerateQueue(parts: GenerateQueueParts) {
  const { config, connect, store, feed, heartbeat, running, metrics, logger, onError } = parts;
  const execute = createExecutor(createWork(parts), { running, logger });
  const worker = createQueueWorker<object>({
    queue: GENERATE_QUEUE,
    execute,
    connection: connect('worker'),
    prefix: config.REDIS_PREFIX,
    concurrency: config.WORKER_CONCURRENCY,
    // The record counts crashes; BullMQ only has to bring the job back.
    maxStalledCount: 1_000,
    onError: onError('queue'),
  });
  worker.on('active', () => heartbeat.moved());
  worker.on('stalled', () => metrics.stalls.inc());
  worker.on('lockRenewalFailed', (ids: string[]) => ids.forEach((id) => running.stop(id, 'lost')));
  const cancels = new Notifier(connect('subscriber'), store.cancelChannel);
  cancels.subscribeAll((id) => running.stop(id, 'canceled'));
  cancels.onReconnect(() => void running.verify(({ run }) => store.holds(run)).catch(onError('verify')));
  return {
    start(): void {
      startWorker(worker, logger);
      feed.ask();
    },
    drain: () => drain(worker, () => running.stopAll('drain'), config.DRAIN_SECONDS * 1_000),
    close: () => cancels.close(),
  };
}

function createWork({ model, quarantine, heartbeat, running, config, ...parts }: GenerateQueueParts) {
  const { store, feed, metrics, tracing } = parts;
  return createGenerateWork({
    ...parts,
    process: createGenerateProcessor({
      model,
      count: countInto(metrics),
      tracing,
      allowance: { price: parsePrice(config.MODEL_MAX_PRICE), extend: (run, more) => store.extend(run, more) },
    }),
    processApart: quarantine.work,
    logs: new RunLogs({ store, metrics, lost: ({ id }) => running.stop(id, 'lost') }),
    pause: feed.pause,
    freed: () => {
      heartbeat.moved();
      feed.ask();
    },
  });
}
