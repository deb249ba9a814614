import { writeFileSync } from 'node:fs';
import type { Card } from '@flashcards/shared/contract/deck';
import { type Bound, parsePrice } from '@flashcards/shared/contract/cost';
import { tracingSettings } from '@flashcards/shared/contract/settings';
import { LOCK_MS } from '@flashcards/shared/queue/queues';
import { startTracing } from '@flashcards/shared/runtime/tracing/tracing';
import { startWatchdog } from '@flashcards/shared/runtime/watchdog/watchdog';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { openRouterSettings, readWorkerConfig } from '../config';
import type { Count } from '../counts';
import type { DeckProgress } from '../decks/deck-in-progress';
import { createOpenRouter } from '../model/openrouter/client';
import { createGenerateProcessor } from '../runs/generate-processor';
import { type FromIsolatedProcess, type ToIsolatedProcess, packFailure } from './messages';

// The isolated process: runs come and go as messages, and nothing else is in it. It has no connection to Redis: its worker
// writes what its runs have to write.

const send = (message: FromIsolatedProcess): void => void process.send?.(message);
const count = (one: Count): void => send({ kind: 'count', count: one });

// Its worker renews the locks of its jobs, so nobody else would notice. A run that blocks it crashes it, and counts.
startWatchdog({ limitMs: LOCK_MS, service: 'worker', endsWithParent: true });

let lastQuestion = 0;
const questions = new Map<number, (granted: boolean) => void>();

function extend({ id }: Run, more: Bound): Promise<boolean> {
  const question = (lastQuestion += 1);
  send({ kind: 'extend', id, question, more });
  return new Promise((resolve) => questions.set(question, resolve));
}

const config = readWorkerConfig();
const model = createOpenRouter(openRouterSettings(config));
const allowance = { price: parsePrice(config.MODEL_MAX_PRICE), extend };
// The worker counts the spans that are lost here, and nobody reads the log of this process.
const working = startTracing(tracingSettings(config, 'worker'), {
  counted: (outcome, spans) => count({ kind: 'spans', outcome, spans }),
  logger: { warn: () => undefined },
}).then((tracing) => createGenerateProcessor({ model, count, tracing, allowance }));
const running = new Map<string, AbortController>();

function start(run: Run): void {
  const { id } = run;
  const stop = new AbortController();
  running.set(id, stop);
  const log = { add: (card: Card, progress: DeckProgress): void => send({ kind: 'card', id, card, progress }) };
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
  // Where memory ends, this process goes first, and not the worker with all of its runs.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Elsewhere the system decides.
}
process.on('message', receive);
// A signal to the whole group of processes is for the worker: it drains, and then ends this process.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
// Without its worker a run has nobody to write for it, and its model call would be paid for in vain.
process.on('disconnect', () => process.exit(0));
