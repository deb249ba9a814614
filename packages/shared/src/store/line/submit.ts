import type { Result } from '../../contract/deck';
import { PRIORITIES, type Status, type Submit } from '../../contract/job';
import { packHook } from '../../contract/webhook';
import { type Policies, packPolicies } from '../accounts/policies';
import type { CachedResult } from '../decks/result-cache';
import type { EndingParts } from '../jobs/ending';
import { type QueuePosition, packRequest } from '../jobs/record';
import { ttlOf } from '../jobs/retention';
import { type Message, defineGatheredScript } from '../script';
import { type ReadShape, json, kinds, number, oneOf, optional, text, word } from '../shape';

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
  /** How long the oldest waiting job of its tenant may have waited; 0 is no limit. */
  readonly maxWaitMs: number;
  /** Bytes that its tenant may have stored; 0 is no limit. */
  readonly maxStoredBytes: number;
  /** What else of its tenant is limited; null where nothing is. */
  readonly policies: Policies | null;
  /** A cached result, already at the offsets of this text. */
  readonly result: Result | null;
  /** The epoch of that result: it is taken only if nothing of it was erased since. */
  readonly epoch: number;
  /** The failed job that this one runs again, or ''. */
  readonly retryOf: string;
  /** The job of which this one makes a card again, or ''. */
  readonly parent: string;
  /** The `traceparent` that its steps belong to, or ''. */
  readonly trace: string;
  /** Look for a cached result first; only where the cache is in this Redis. */
  readonly look: boolean;
}

/** What is known of each kind of answer. */
interface Admissions {
  /** The job is recorded: it waits, shares the call of another, or has ended with the result it was given. */
  made: {
    readonly status: 'queued' | 'collapsed' | 'completed';
    readonly created: number;
    /** The `traceparent` of the job whose call it shares, or ''. */
    readonly leaderTrace: string;
    readonly queuePosition: QueuePosition;
  };
  /** The job was there already. */
  replayed: { readonly status: Status };
  /** Nothing was done. The caller brings this result to the offsets of its text, and submits again. */
  cached: CachedResult;
  mismatch: object;
  gone: object;
  erasing: object;
  limited: { readonly retryAfterSeconds: number };
  refused: { readonly policy: string; readonly retryAfterSeconds: number };
  overloaded: { readonly queuePosition: QueuePosition };
  /** Its tenant's oldest job waits for too long already. */
  overdue: object;
}

/** What a submit became. `remaining`: submits left in this window, or null where none were counted. */
export type Admitted<K extends keyof Admissions = keyof Admissions> = {
  [N in K]: { readonly kind: N; readonly remaining: number | null } & Admissions[N];
}[K];

const LONGEST_JOB_SECONDS = 86_400;

const left = { remaining: optional(number) };
const place = { position: optional(number), slots: number, service_ms: number, now: number };
const read = kinds({
  made: { ...left, ...place, status: oneOf('queued', 'collapsed', 'completed'), leader_trace: optional(text) },
  replayed: { ...left, status: word<Status>() },
  cached: { ...left, epoch: number, result: json<Result>() },
  mismatch: left,
  gone: left,
  erasing: left,
  limited: { ...left, retry_after_s: number },
  refused: { ...left, policy: text, retry_after_s: number },
  overloaded: { ...left, ...place },
  overdue: left,
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
    max_wait_ms: admission.maxWaitMs || undefined,
    max_stored: admission.maxStoredBytes || undefined,
    kept: result?.kept,
    epoch: admission.epoch || undefined,
    retry_of: admission.retryOf || undefined,
    look: admission.look,
    hook: submit.webhook && packHook(submit.webhook),
    policies: policies ? packPolicies(policies) : undefined,
    trace: admission.trace || undefined,
  };
  return [named, submit.text, result ? JSON.stringify(result) : ''];
}

function admittedOf(answer: ReturnType<typeof read>): Admitted {
  const { kind, remaining = null } = answer;
  if (kind === 'made') {
    const { status, now: created, leader_trace: leaderTrace = '' } = answer;
    return { kind, remaining, status, created, leaderTrace, queuePosition: placeOf(answer) };
  }
  if (kind === 'overloaded') return { kind, remaining, queuePosition: placeOf(answer) };
  if (kind === 'limited' || kind === 'refused') {
    const { retry_after_s: retryAfterSeconds, ...rest } = answer;
    return { ...rest, remaining, retryAfterSeconds };
  }
  return { ...answer, remaining };
}

const placeOf = (at: ReadShape<typeof place>): QueuePosition => ({
  position: at.position ?? 0,
  slots: at.slots,
  serviceMs: at.service_ms,
  now: at.now,
});

/** Takes a job in, or says why not. */
export function submitStep({ keyspace, retention, onEnd }: EndingParts): (admission: Admission) => Promise<Admitted> {
  const context = {
    index_seconds: LONGEST_JOB_SECONDS + retention.resultSeconds,
    ttl: { ...ttlOf(retention), text: 0 },
  };
  const submit = defineGatheredScript(keyspace, 'line/submit', { context, pack, behind: ['result'], read });
  return async (admission) => {
    const admitted = admittedOf(await submit(admission));
    const { id, tenant } = admission;
    if (admitted.kind === 'made' && admitted.status === 'completed')
      onEnd({ id, tenant, status: admitted.status, code: null, by: 'cache' });
    return admitted;
  };
}
