import { type Price, passBound } from '@flashcards/shared/contract/cost';
import type { Result } from '@flashcards/shared/contract/deck';
import { AppError } from '@flashcards/shared/contract/errors';
import type { Job, Submit } from '@flashcards/shared/contract/job';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { Feed } from '@flashcards/shared/queue/feed';
import type { Span, Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import { policiesOf } from '@flashcards/shared/store/accounts/policies';
import { type ResultCache, atPosted, cacheKeys } from '@flashcards/shared/store/decks/result-cache';
import type { Admission, Admitted, Store } from '@flashcards/shared/store/jobs/job-store';
import { jobOf, packRequest } from '@flashcards/shared/store/jobs/record';
import { fingerprint, jobId } from './idempotency';
import type { LoadShedding } from './load-shedding';
import type { Reader } from './reading';
import { type Decided, gone, mismatch, takenOrThrow, withoutPrice } from './refusals';

export interface JobsSettings {
  readonly region: string;
  readonly maxWaiting: number;
  /** Of a tenant's oldest job; 0 is no limit. */
  readonly maxWaitSeconds: number;
  /** At which budgets reserve. */
  readonly price: Price | null;
  readonly resultSeconds: number;
  /** What else a cached result depends on: prompt version and default model. */
  readonly cacheVersion: string;
}

export interface SubmitParts {
  readonly store: Store;
  readonly reader: Reader;
  readonly cache: ResultCache;
  readonly feed: Feed;
  readonly loadShedding: Pick<LoadShedding, 'refusal' | 'isQueueOld'>;
  readonly settings: JobsSettings;
  /** Makes a span of each submit, where traces are on. */
  readonly tracing: Tracing | undefined;
}

/** One client's submit. */
export interface SubmitRequest {
  readonly tenant: string;
  /** Whose submits are counted, and how much it may. */
  readonly subject: string;
  readonly limits: Limits;
  /** Gets how many submits are left. */
  readonly onSubmitsLeft: (left: number) => void;
  readonly submit: Submit;
  readonly idempotencyKey?: string;
  /** Make it again, and share with nobody. */
  readonly noCache: boolean;
  /** Also do not keep the result beyond the job. */
  readonly noStore: boolean;
  /** The failed job that this one runs again. */
  readonly retryOf?: string;
  /** The job of which this one makes a card again. */
  readonly parent?: string;
  /** The `traceparent` of the request. */
  readonly trace?: string;
  /** What the client asked, where that is not the submit itself: a repeated key must ask the same. */
  readonly requested?: object;
}

export interface Submitted {
  readonly job: Job;
  readonly replayed: boolean;
}

/** Takes jobs in. The steps of a job belong to the span of its submit, or without spans to what its request came with. */
export function createSubmit(parts: SubmitParts) {
  return async function submit(request: SubmitRequest): Promise<Submitted> {
    const span = parts.tracing?.start({ name: 'submit', kind: 'producer', parent: request.trace });
    if (!span) return admit(parts, request, request.trace ?? '');
    try {
      const submitted = await admit(parts, request, span.traceparent, span);
      const { job, replayed } = submitted;
      span.set({ 'flashcards.job.id': job.id, 'flashcards.job.cache': job.cache, 'flashcards.replayed': replayed });
      span.end();
      return submitted;
    } catch (error) {
      span.end(error instanceof AppError ? error.code : 'internal');
      throw error;
    }
  };
}

async function admit(parts: SubmitParts, request: SubmitRequest, trace: string, span?: Span): Promise<Submitted> {
  const { reader, feed, loadShedding, settings } = parts;
  const id = jobId(request.tenant, request.idempotencyKey, settings.region);
  const refusal = loadShedding.refusal(charactersOf(request.submit));
  if (refusal) return repeatOrRefuse(parts, id, request, refusal);
  if (request.limits.usd_per_day > 0 && !settings.price) throw withoutPrice();
  const admitted = await record(parts, id, request, trace);
  if (admitted.remaining !== null) request.onSubmitsLeft(admitted.remaining);
  const taken = takenOrThrow(admitted, settings.maxWaiting);
  if (taken.status === 'queued') feed.ask();
  if (taken.kind === 'replayed') return { job: await replay(parts, id, request.tenant), replayed: true };
  if (taken.leaderTrace) span?.link(taken.leaderTrace);
  if (taken.status === 'completed') return { job: (await reader.read(id, request.tenant)).job, replayed: false };
  return { job: acceptedJob(id, request, taken, { trace, resultSeconds: settings.resultSeconds }), replayed: false };
}

const charactersOf = ({ text, metadata }: Submit): number =>
  text.length + (metadata ? JSON.stringify(metadata).length : 0);

/** Records the job, with its deck where the cache has one. */
async function record(parts: SubmitParts, id: string, request: SubmitRequest, trace: string): Promise<Decided> {
  const { store, cache, loadShedding, settings } = parts;
  const { tenant, submit, limits } = request;
  const keys = cacheKeys(tenant, submit.text, submit.options, settings.cacheVersion);
  const isFresh = request.noCache || request.noStore;
  const cached = isFresh || cache.inStore ? null : await cache.get(keys.cacheKey);
  const admission = {
    id,
    tenant,
    submit,
    cacheKey: request.noStore ? '' : keys.cacheKey,
    flightKey: isFresh ? '' : keys.flightKey,
    bodyHash: fingerprint(request),
    retryOf: request.retryOf ?? '',
    parent: request.parent ?? '',
    limitPerMinute: limits.submits_per_minute,
    limitSubject: request.subject,
    policies: policiesOf(limits, () => passBound(submit.text, submit.options.cards, settings.price)),
    maxWaiting: settings.maxWaiting,
    maxWaitMs: loadShedding.isQueueOld ? 1_000 * settings.maxWaitSeconds : 0,
    maxStoredBytes: limits.stored_bytes,
    result: cached && atPosted(cached.result, submit.text, keys.folded),
    epoch: cached?.epoch ?? 0,
    look: cache.inStore && !isFresh,
    trace,
  };
  return decided(store, admission, (stored) => atPosted(stored, submit.text, keys.folded));
}

/** Submits, and again with the cached result where there is one. */
async function decided(store: Store, admission: Admission, posted: (stored: Result) => Result): Promise<Decided> {
  const admitted = await store.submit(admission);
  if (admitted.kind !== 'cached') return admitted;
  const { result, epoch } = admitted;
  return decided(store, { ...admission, result: posted(result), epoch, look: false }, posted);
}

/** A repeat asks for nothing new: it gets its job also where another one would be too much. */
async function repeatOrRefuse(
  { store, reader }: SubmitParts,
  id: string,
  request: SubmitRequest,
  refusal: AppError,
): Promise<Submitted> {
  const found = request.idempotencyKey === undefined ? 'none' : await store.read(id, request.tenant);
  if (found === 'none') throw refusal;
  if (found === 'gone') throw gone();
  if (found.fields.get('body') !== fingerprint(request)) throw mismatch();
  return { job: reader.view(id, found).job, replayed: true };
}

/** The job of a repeated key. One that was erased a moment ago is gone, as its tombstone says from now on. */
async function replay({ store, reader }: SubmitParts, id: string, tenant: string): Promise<Job> {
  const found = await store.read(id, tenant);
  if (typeof found === 'string') throw gone();
  return reader.view(id, found).job;
}

/** The 202 needs no second look: a new record is what was just written. */
function acceptedJob(
  id: string,
  { submit, retryOf, parent }: SubmitRequest,
  { created, status, queuePosition }: Admitted<'made'>,
  { trace, resultSeconds }: { trace: string; resultSeconds: number },
): Job {
  const fields = new Map([
    ['status', 'queued'],
    ['created', String(created)],
    ['wanted', String(submit.options.cards)],
    ['request', packRequest(submit, parent)],
  ]);
  if (status === 'collapsed') fields.set('cache', 'collapsed');
  if (retryOf) fields.set('retry_of', retryOf);
  if (trace) fields.set('trace', trace);
  return jobOf({ id, fields, queuePosition }, resultSeconds);
}
