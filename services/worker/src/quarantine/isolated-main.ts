import { writeFileSync } from 'node:fs';
import type { Card } from '@flashcards/shared/contract/deck';
import { type Bound, parsePrice } from '@flashcards/shared/contract/cost';
import { tracingSettings } from '@flashcards/shared/contract/settings';
import { startTracing } from '@flashcards/shared/runtime/tracing';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { openRouterSettings, readWorkerConfig } from '../config';
import type { WorkerMetrics } from '../metrics';
import { createOpenRouter } from '../model/openrouter/client';
import { createGenerateProcessor } from '../runs/generate-processor';
import type { RunProgress } from '../runs/run-log';
import { type FromIsolatedProcess, type Metric, type ToIsolatedProcess, packFailure } from './messages';
import type { Changing } from './quarantine';

// The process of suspects: runs come as messages and go as messages, and nothing else is in it. It holds no connection
// to Redis: what a run writes, its worker writes.

const send = (message: FromIsolatedProcess): void => void process.send?.(message);

/** The worker's metrics, changed from afar. */
const metrics = new Proxy({} as WorkerMetrics, {
  get: (_target, name): Changing => changing({ name: String(name), labels: [] }),
});

function changing({ name, labels }: Pick<Metric, 'name' | 'labels'>): Changing {
  return {
    labels: (...more) => changing({ name, labels: more }),
    inc: (value = 1) => send({ kind: 'metric', name, labels, change: 'inc', value }),
    observe: (value, trace) => send({ kind: 'metric', name, labels, change: 'observe', value, trace }),
  };
}

let asked = 0;
const questions = new Map<number, (granted: boolean) => void>();

function extend({ id }: Run, more: Bound): Promise<boolean> {
  const question = (asked += 1);
  send({ kind: 'extend', id, question, more });
  return new Promise((resolve) => questions.set(question, resolve));
}

const config = readWorkerConfig();
const openRouter = createOpenRouter(openRouterSettings(config));
const price = parsePrice(config.MODEL_MAX_PRICE);
// What it cannot send its worker counts, and nobody reads its log.
const working = startTracing(tracingSettings(config, 'worker'), {
  counted: (outcome, spans) => metrics.spans.labels(outcome).inc(spans),
  logger: { warn: () => undefined },
}).then((tracing) => createGenerateProcessor({ openRouter, metrics, tracing, allowance: { price, extend } }));
const running = new Map<string, AbortController>();

function start(run: Run): void {
  const { id } = run;
  const stop = new AbortController();
  running.set(id, stop);
  const log = { add: (card: Card, progress: RunProgress): void => send({ kind: 'card', id, card, progress }) };
  working
    .then((work) => work(run, log, stop.signal))
    .then((generated) => send({ kind: 'done', id, generated }))
    .catch((error: unknown) => send({ kind: 'failed', id, failure: packFailure(error) }))
    .finally(() => running.delete(id));
}

function receive(message: ToIsolatedProcess): void {
  if (message.kind === 'run') return start(message.run);
  if (message.kind === 'stop') return running.get(message.id)?.abort(new Error('stopped'));
  questions.get(message.question)?.(message.granted);
  questions.delete(message.question);
}

try {
  // Where memory ends this process goes first, and not the worker with all of its runs.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Elsewhere the system decides.
}
process.on('message', receive);
// A signal to the whole group of processes is the worker's to answer: it drains, and ends this one after.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
// Without its worker a run has nobody to write for it, and its model call would be paid for in vain.
process.on('disconnect', () => process.exit(0));
