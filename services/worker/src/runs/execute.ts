import { type Job, RateLimitError, WaitingError } from 'bullmq';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { isRedisAway } from '@flashcards/shared/runtime/redis';
import { Retry } from './backoff';
import type { Running } from './running';

/** What we use of a job of BullMQ's. */
export type QueueJob<Data = object> = Pick<Job<Data>, 'id' | 'data' | 'moveToWait'>;

/** What BullMQ does with a job when its work has ended. */
export type QueueAnswer =
  | { readonly kind: 'forget' }
  /** Brings it back after `delayMs`; null leaves the wait to `backoff`. */
  | { readonly kind: 'retry'; readonly reason: string; readonly delayMs: number | null }
  /** Brings it back when the queue's pause is over. */
  | { readonly kind: 'paused' }
  /** Gives it to another worker at once. */
  | { readonly kind: 'hand_back' };

/** The work of one queue, step by step. Each way it can end is one `Outcome`. */
export interface Work<Data, Taken, Outcome, Recorded> {
  /** The prefix of its log events. */
  readonly name: 'job' | 'delivery';
  /** The job whose deck is made or delivered, for logs. */
  idOf(job: QueueJob<Data>): string;
  /** Takes the work; null when there is none any more. */
  take(job: QueueJob<Data>): Promise<Taken | null>;
  /** Does it. */
  run(taken: Taken, stop: AbortController): Promise<Outcome>;
  /** Writes how it ended, and says what the record made of that. */
  record(taken: Taken, outcome: Outcome): Promise<Recorded>;
  /** Counts and logs what was recorded: one count and one line. */
  report(taken: Taken, recorded: Recorded): void;
  /** A slot became free. */
  freed(): void;
  answer(outcome: Outcome): QueueAnswer | Promise<QueueAnswer>;
}

export interface ExecutorParts<Taken> {
  readonly running: Running<Taken>;
  readonly logger: Logger;
}

export type Execute<Data> = (job: QueueJob<Data>, token?: string) => Promise<void>;

/** Carries a job of either queue from its start to its end. BullMQ is notified of that end once. */
export function createExecutor<Data, Taken, Outcome, Recorded>(
  work: Work<Data, Taken, Outcome, Recorded>,
  { running, logger }: ExecutorParts<Taken>,
): Execute<Data> {
  async function execute(job: QueueJob<Data>): Promise<QueueAnswer> {
    try {
      const taken = await work.take(job);
      if (taken === null) return { kind: 'forget' };
      const outcome = await running.hold(String(job.id), taken, work.run);
      const recorded = await work.record(taken, outcome);
      work.report(taken, recorded);
      return await work.answer(outcome);
    } finally {
      work.freed();
    }
  }

  return (job, token) =>
    execute(job)
      .then((answer) => answerQueue(answer, job, token))
      .catch((error: unknown) => {
        throw queueSignal(error) ?? faultSignal(error, work.name, work.idOf(job), logger);
      });
}

/** BullMQ is answered by what its processor throws. */
async function answerQueue(answer: QueueAnswer, job: Pick<QueueJob, 'moveToWait'>, token?: string): Promise<void> {
  if (answer.kind === 'retry') throw new Retry(answer.reason, answer.delayMs);
  if (answer.kind === 'paused') throw new RateLimitError();
  if (answer.kind === 'hand_back') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
}

const SIGNALS = [Retry, RateLimitError, WaitingError] as const;

function queueSignal(error: unknown): Error | undefined {
  if (error instanceof Error && SIGNALS.some((kind) => error instanceof kind)) return error;
  // No attempt of the job: BullMQ brings it back, and the fence keeps it single.
  return isRedisAway(error) ? new Retry('redis_away', null) : undefined;
}

/** BullMQ keeps the message of what it is thrown, and a message may quote a text: it gets one word. */
function faultSignal(error: unknown, name: string, id: string, logger: Logger): Retry {
  logger.error(`${name}.broke`, { job_id: id, ...errorFields(error) });
  return new Retry('internal', null);
}
