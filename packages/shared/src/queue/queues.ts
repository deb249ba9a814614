import type { JobsOptions } from 'bullmq';
import { fill } from './template';

/** BullMQ's queue of jobs that are about to run. A job there carries the record's id and nothing of the text. */
export const GENERATE_QUEUE = 'generate';

/** Attempts of one job at failures that another may mend; crashes and pauses do not count. The record counts them. */
export const ATTEMPTS = 5;
/** A worker that dies holds its jobs no longer than this; then a check hands them on. */
export const LOCK_MS = 12_000;
export const STALLED_CHECK_MS = 4_000;
/** Crashes of a process that had nothing but this job in it, after which the job is given up as `worker_crashed`. */
export const CRASHES = 3;
/** Recoveries after which it is given up whatever was the cause: nothing goes round for ever. */
export const MAX_RECOVERIES = 30;

/** A `bulk` job that has waited as long stands among the `standard` ones of its tenant. */
export const BULK_AGES_MS = 600_000;

/** How a record enters BullMQ: nothing is kept there once it ended, the record is the truth. */
export const generateJobOptions = (id: string): JobsOptions => ({
  jobId: id,
  // More than the record allows: it decides when a job has failed, and BullMQ only brings it back.
  attempts: 10 * ATTEMPTS,
  backoff: { type: 'hinted' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
});

/** BullMQ's queue of attempts that are about to be made: a job there is one attempt, and carries where it leads. */
export const DELIVERIES_QUEUE = 'deliveries';

/** One attempt of the delivery of a job's end. */
export interface Post {
  /** The job's id. */
  readonly id: string;
  /** Its receiver, `HOST/TENANT`. To earlier versions, that is a host; theirs is a `HOST`. */
  readonly host: string;
  readonly event: string;
  /** Counted from 1. */
  readonly attempt: number;
}

/** The host that an attempt is made at. */
export const hostOf = ({ host }: Pick<Post, 'host'>): string => host.split('/', 1)[0] ?? '';

/** The id of an attempt in its queue. */
export const DELIVERY_JOB_ID = '{id}_{event}_{attempt}';

/** The outbox says when to try again, so BullMQ never does. */
export const postJobOptions = ({ id, event, attempt }: Post): JobsOptions => ({
  jobId: fill(DELIVERY_JOB_ID, [id, event, String(attempt)]),
  attempts: 1,
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
});
