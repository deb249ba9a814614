import type { Result } from '../../contract/deck';
import { PRIORITIES, type Submit } from '../../contract/job';
import { packHook } from '../../contract/webhook';
import { type Policies, packPolicies } from '../accounts/policies';
import type { EndingParts } from '../jobs/ending';
import { type QueuePosition, packRequest } from '../jobs/record';
import { ttlOf } from '../jobs/retention';
import { type Message, defineGatheredScript } from '../script';
import { fields, number, oneOf, optional, text } from '../shape';

/** What a submit asks the store to take in. */
export interface Admission {
  readonly id: string;
  readonly tenant: string;
  readonly submit: Submit;
  /** Key of the cached result, or '' to make the deck again. */
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
  /** The job of which this one makes a card again, or ''. */
  readonly parent: string;
  /** The `traceparent` that its steps belong to, or ''. */
  readonly trace: string;
  /** Look for a cached result first; only where the cache is in this Redis. */
  readonly look: boolean;
}

const OUTCOMES = [
  'made', 'cached', 'replayed', 'mismatch', 'gone', 'limited', 'refused', 'overloaded', 'erasing',
] as const; // prettier-ignore

export interface Admitted {
  readonly outcome: (typeof OUTCOMES)[number];
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

const LONGEST_JOB_SECONDS = 86_400;

const read = fields({
  outcome: oneOf(...OUTCOMES),
  status: optional(text),
  policy: optional(text),
  remaining: optional(number),
  retry_after_s: optional(number),
  position: optional(number),
  now: number,
  slots: number,
  service_ms: number,
  leader_trace: optional(text),
  stored: optional(text),
});

function pack({ submit, result, policies, ...admission }: Admission): Message {
  const named = {
    id: admission.id,
    tenant: admission.tenant,
    wanted: submit.options.cards,
    deadline_ms: submit.deadline_seconds * 1_000,
    class: PRIORITIES.indexOf(submit.priority),
    cache_key: admission.cacheKey || undefined,
    flight_key: admission.flightKey || undefined,
    request: packRequest(submit, admission.parent) || undefined,
    body_hash: admission.bodyHash || undefined,
    limit: admission.limitPerMinute,
    limit_subject: admission.limitSubject,
    max_waiting: admission.maxWaiting,
    kept: result?.kept,
    retry_of: admission.retryOf || undefined,
    look: admission.look,
    hook: submit.webhook && packHook(submit.webhook),
    policies: policies ? packPolicies(policies) : undefined,
    trace: admission.trace || undefined,
  };
  return [named, submit.text, result ? JSON.stringify(result) : ''];
}

function admittedOf(answer: ReturnType<typeof read>): Admitted {
  const { outcome, slots, service_ms: serviceMs, now } = answer;
  return {
    outcome,
    status: answer.status ?? answer.policy ?? answer.stored ?? '',
    remaining: answer.remaining ?? -1,
    retryAfterSeconds: answer.retry_after_s ?? 0,
    created: now,
    queuePosition: { position: answer.position ?? 0, slots, serviceMs, now },
    leaderTrace: answer.leader_trace ?? '',
  };
}

/** Takes a job in, or says why not. */
export function submitStep({ keyspace, retention, onEnd }: EndingParts): (admission: Admission) => Promise<Admitted> {
  const context = {
    index_seconds: LONGEST_JOB_SECONDS + retention.resultSeconds,
    ttl: { ...ttlOf(retention), text: 0 },
  };
  const submit = defineGatheredScript(keyspace, 'line/submit', { context, pack, behind: ['stored'], read });
  return async (admission) => {
    const admitted = admittedOf(await submit(admission));
    const { id, tenant } = admission;
    if (admitted.outcome === 'made' && admitted.status === 'completed')
      onEnd({ id, tenant, status: admitted.status, code: null, by: 'cache' });
    return admitted;
  };
}
