import type { Result } from '../../contract/deck';
import type { Submit } from '../../contract/job';
import type { Policies } from '../accounts/policies';
import type { QueuePosition } from '../jobs/record';

/** What a submit asks the store to take in. */
export interface Admission {
  readonly id: string;
  readonly tenant: string;
  readonly submit: Submit;
  /** Key of the cached result, or '' to make the deck anew. */
  readonly cacheKey: string;
  /** Jobs with the same key share one call, or '' to share with nobody. */
  readonly flightKey: string;
  /** Hash of the body where the id comes from an idempotency key, else ''. */
  readonly bodyHash: string;
  readonly limitPerMinute: number;
  /** Whose submits the limit counts. */
  readonly limitSubject: string;
  readonly maxWaiting: number;
  /** What else of its tenant is limited; null where nothing is. */
  readonly policies: Policies | null;
  /** A cached result, already at the offsets of this text. */
  readonly result: Result | null;
  /** The failed job that this one runs again, or ''. */
  readonly retryOf: string;
  /** The job of which this one makes a card anew, or ''. */
  readonly parent: string;
  /** The `traceparent` that its steps belong to, or ''. */
  readonly trace: string;
  /** Look for a cached result first; only where the cache is in this Redis. */
  readonly look: boolean;
}

export type AdmissionOutcome =
  'made' | 'cached' | 'replayed' | 'mismatch' | 'gone' | 'limited' | 'refused' | 'overloaded' | 'erasing';

export interface Admitted {
  readonly outcome: AdmissionOutcome;
  /** Of `made` and `replayed` the job's status, of `cached` the stored result, of `refused` the policy. */
  readonly status: string;
  /** Submits left in this window, or -1 where no limit is on. */
  readonly remaining: number;
  /** Of `limited` and `refused`: seconds until the next submit may pass. */
  readonly retryAfterSeconds: number;
  readonly created: number;
  /** The `traceparent` of the job whose call it shares, or ''. */
  readonly leaderTrace: string;
  readonly queuePosition: QueuePosition;
}
