import type { Status } from '@flashcards/shared/contract/job';

/** What a test saw of one job that it submitted. `name` stands in every sentence of its text. */
export interface Submission {
  readonly name: string;
  /** `accepted`: 202 or 200 came. `refused`: another answer that says so. `unknown`: 503, a timeout, a broken connection. */
  outcome: 'accepted' | 'refused' | 'unknown';
  /** Every id that an answer to this submit, or to a repeat with its key, has named. */
  readonly ids: string[];
  /** With a key, so that its client could repeat it until it knew. */
  readonly keyed: boolean;
  readonly hooked: boolean;
  erased: boolean;
}

/** How a job was seen at one time. */
export interface Sight {
  readonly id: string;
  readonly status: Status | 'gone' | 'not_found';
  readonly code: string | null;
  /** Of all that must not change once it ended. */
  readonly digest: string;
  readonly cards: readonly { readonly id: string; readonly front: string; readonly quote: string }[];
  readonly kept: number;
}

/** A call that the model got: for the text of which job, and whether its answer went out whole or in part. */
export interface ModelCall {
  readonly name: string;
  readonly answered: boolean;
}

export interface Delivered {
  readonly id: string;
  readonly verified: boolean;
  readonly type: string;
}

/** Everything a checker needs to know of a run of a fault. */
export interface History {
  readonly submissions: readonly Submission[];
  /** In the order of seeing, several of a job. */
  readonly sights: readonly Sight[];
  readonly calls: readonly ModelCall[];
  readonly delivered: readonly Delivered[];
  /** Ids of all jobs that the service lists at the end. */
  readonly listed: readonly string[];
  /** Keys of an erased job that are left in Redis, but for its tombstone. */
  readonly traces: readonly string[];
  /** Hits of a place that nothing may reach. */
  readonly canary: number;
  /** Counters at the end: what they say and what the history says. */
  readonly counters: readonly { readonly name: string; readonly reported: number; readonly expected: number }[];
}

/** What a fault allows its jobs to end as. */
export type Ends = (sight: Sight, submission: Submission) => boolean;
