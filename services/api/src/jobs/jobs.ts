import type { Result } from '@flashcards/shared/contract/deck';
import { type Price, passBound } from '@flashcards/shared/contract/cost';
import { AppError } from '@flashcards/shared/contract/errors';
import { type Job, type Status, type Submit, isTerminal } from '@flashcards/shared/contract/job';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { Feed } from '@flashcards/shared/queue/feed';
import type { Span, Tracing } from '@flashcards/shared/runtime/tracing';
import { type Notifier, endOf } from '@flashcards/shared/store/notifier';
import type { Page } from '@flashcards/shared/store/jobs/log';
import {
  type Fields,
  type QueuePosition,
  jobOf,
  leaderOf,
  packRequest,
  sequence,
  statusOf,
} from '@flashcards/shared/store/jobs/record';
import { type ResultCache, atPosted, cacheKeys } from '@flashcards/shared/store/decks/result-cache';
import type { Admitted, QueueState, Store } from '@flashcards/shared/store/jobs/job-store';
import { policiesOf } from '@flashcards/shared/store/accounts/policies';
import { fingerprint, jobId } from './idempotency';
import type { LimitSnapshot } from '../http/limit-headers';
import type { LoadShedding } from './load-shedding';
import { gone, mismatch, refuse, withoutPrice } from './refusals';

export interface JobsSettings {
  readonly region: string;
  readonly maxWaiting: number;
  /** At which budgets reserve. */
  readonly price: Price | null;
  readonly resultSeconds: number;
  /** What else a cached result depends on: prompt version and default model. */
  readonly cacheVersion: string;
}

export interface JobsParts {
  readonly store: Store;
  readonly cache: ResultCache;
  readonly feed: Feed;
  readonly loadShedding: Pick<LoadShedding, 'refusal'>;
  readonly notifier: Notifier;
  readonly settings: JobsSettings;
  /** Makes a span of each submit, where traces are on. */
  readonly tracing: Tracing | undefined;
}

/** One client's wish to submit. */
export interface SubmitRequest {
  readonly tenant: string;
  /** Whose submits are counted, and how much it may. */
  readonly subject: string;
  readonly limits: Limits;
  /** Told what is left of the submits. */
  readonly seen: LimitSnapshot;
  readonly submit: Submit;
  readonly idempotencyKey?: string;
  /** Make it anew, and share with nobody. */
  readonly noCache: boolean;
  /** Also do not keep the result beyond the job. */
  readonly noStore: boolean;
  /** The failed job that this one runs again. */
  readonly retryOf?: string;
  /** The job of which this one makes a card anew. */
  readonly parent?: string;
  /** The `traceparent` of the request. */
  readonly trace?: string;
  /** What the client asked, where that is not the submit itself: a repeated key must ask the same. */
  readonly asked?: object;
}

export interface Submitted {
  readonly job: Job;
  readonly replayed: boolean;
}

/** A job as read: what a client sees, and the number of its last event. */
export interface Reading {
  readonly job: Job;
  readonly sequence: number;
  readonly fields: Fields;
}

const REREAD_MS = 5_000;

export type Jobs = ReturnType<typeof createJobs>;

/** Submit, find, cancel and erase: what the handlers do with jobs. */
export function createJobs({
  store,
  cache,
  feed,
  loadShedding: pressure,
  notifier: bell,
  settings,
  tracing,
}: JobsParts) {
  const { region, resultSeconds } = settings;
  let draining = false;

  /** The steps of a job belong to the span of its submit, or, where there are no spans, to what its request came with. */
  async function submit(request: SubmitRequest): Promise<Submitted> {
    const span = tracing?.start({ name: 'submit', kind: 'producer', parent: request.trace });
    if (!span) return admit(request, request.trace ?? '');
    try {
      const submitted = await admit(request, span.traceparent, span);
      const { job, replayed } = submitted;
      span.set({ 'flashcards.job.id': job.id, 'flashcards.job.cache': job.cache, 'flashcards.replayed': replayed });
      span.end();
      return submitted;
    } catch (error) {
      span.end(error instanceof AppError ? error.code : 'internal');
      throw error;
    }
  }

  async function admit(request: SubmitRequest, trace: string, span?: Span): Promise<Submitted> {
    const { tenant, submit: wanted } = request;
    const id = jobId(tenant, request.idempotencyKey, region);
    const refusal = pressure.refusal(
      wanted.text.length + (wanted.metadata ? JSON.stringify(wanted.metadata).length : 0),
    );
    if (refusal) return repeatOrRefuse(id, request, refusal);
    if (request.limits.usd_per_day > 0 && !settings.price) throw withoutPrice();
    const keys = cacheKeys(tenant, wanted.text, wanted.options, settings.cacheVersion);
    const isFresh = request.noCache || request.noStore;
    const cached = isFresh || cache.inStore ? null : await cache.get(keys.cacheKey);
    const admission = {
      id,
      tenant,
      submit: wanted,
      cacheKey: request.noStore ? '' : keys.cacheKey,
      flightKey: isFresh ? '' : keys.flightKey,
      bodyHash: fingerprint(request),
      retryOf: request.retryOf ?? '',
      parent: request.parent ?? '',
      limitPerMinute: request.limits.submits_per_minute,
      limitSubject: request.subject,
      policies: policiesOf(request.limits, () => passBound(wanted.text, wanted.options.cards, settings.price)),
      maxWaiting: settings.maxWaiting,
      result: cached && atPosted(cached, wanted.text, keys.folded),
      look: cache.inStore && !isFresh,
      trace,
    };
    let admitted = await store.submit(admission);
    if (admitted.outcome === 'cached') {
      const result = atPosted(JSON.parse(admitted.status) as Result, wanted.text, keys.folded);
      admitted = await store.submit({ ...admission, result, look: false });
    }
    if (admitted.remaining >= 0) Object.assign(request.seen, { left: admitted.remaining, at: Date.now() });
    refuse(admitted, settings.maxWaiting);
    if (admitted.leaderTrace) span?.link(admitted.leaderTrace);
    if (admitted.status === 'queued') feed.ask();
    if (admitted.outcome === 'replayed') return { job: await replay(id, tenant), replayed: true };
    if (admitted.status === 'completed') return { job: (await read(id, tenant)).job, replayed: false };
    return { job: acceptedJob(id, request, admitted, trace), replayed: false };
  }

  /** A repeat asks for nothing new: it gets its job also where another one would be too much. */
  async function repeatOrRefuse(id: string, request: SubmitRequest, refusal: AppError): Promise<Submitted> {
    const found = request.idempotencyKey === undefined ? 'none' : await store.read(id, request.tenant);
    if (found === 'none') throw refusal;
    if (found === 'gone') throw gone();
    if (found.fields.get('body') !== fingerprint(request)) throw mismatch();
    return { job: view(id, found.fields, found.queuePosition).job, replayed: true };
  }

  /** The 202 needs no second look: a new record is what was just written. */
  function acceptedJob(
    id: string,
    request: SubmitRequest,
    { created, status, queuePosition: place }: Admitted,
    trace: string,
  ): Job {
    const { submit, retryOf, parent } = request;
    const fields = new Map([
      ['status', 'queued'],
      ['created', String(created)],
      ['wanted', String(submit.options.cards)],
      ['request', packRequest(submit, parent)],
    ]);
    if (status === 'collapsed') fields.set('cache', 'collapsed');
    if (retryOf) fields.set('retry_of', retryOf);
    if (trace) fields.set('trace', trace);
    return jobOf({ id, fields, queuePosition: place }, resultSeconds);
  }

  /** The job of a repeated key. One that was erased a moment ago is gone, as its tombstone says from now on. */
  async function replay(id: string, tenant: string): Promise<Job> {
    const found = await store.read(id, tenant);
    if (typeof found === 'string') throw gone();
    return view(id, found.fields, found.queuePosition).job;
  }

  /** Runs a failed job again, as a new one with the same text and wishes. */
  async function retry(id: string, request: Omit<SubmitRequest, 'submit'>): Promise<Submitted> {
    const retrySource = await store.retrySource(id, request.tenant);
    if (retrySource === 'none') throw new AppError('not_found', 'There is no job with this id.');
    if (retrySource === 'open') throw new AppError('conflict', 'Only a job that failed can be run again.');
    if (retrySource === 'gone') return replayedRetry(id, request);
    return submit({
      ...request,
      noStore: request.noStore || retrySource.noStore,
      submit: retrySource.submit,
      parent: retrySource.parent,
      retryOf: id,
    });
  }

  /** The text is gone, and still a repeated key gives the job that it made while the text was there. */
  async function replayedRetry(
    id: string,
    { tenant, idempotencyKey }: Omit<SubmitRequest, 'submit'>,
  ): Promise<Submitted> {
    const made = idempotencyKey === undefined ? '' : jobId(tenant, idempotencyKey, region);
    const found = made ? await store.read(made, tenant) : 'none';
    if (typeof found === 'string' || found.fields.get('retry_of') !== id)
      throw new AppError('gone', 'The text of this job is gone: submit it again.');
    return { job: view(made, found.fields, found.queuePosition).job, replayed: true };
  }

  /** False when this tenant has no such job. */
  async function eraseIfThere(id: string, tenant: string): Promise<boolean> {
    const { erased, cacheKey } = await store.erase(id, tenant);
    if (cacheKey) await cache.remove(cacheKey);
    if (erased) feed.ask();
    return erased;
  }

  const view = (id: string, fields: Fields, queuePosition: QueuePosition): Reading => ({
    job: jobOf({ id, fields, queuePosition }, resultSeconds),
    sequence: sequence(fields),
    fields,
  });

  const find = async (id: string, tenant: string): Promise<{ fields: Fields; queuePosition: QueuePosition }> =>
    there(await store.read(id, tenant));

  async function read(id: string, tenant: string): Promise<Reading> {
    const { fields, queuePosition: place } = await find(id, tenant);
    return view(id, fields, place);
  }

  /**
   * Reads until the job has an event after number `after` (at its end without one), or until `seconds` have passed,
   * or the client hangs up, or this replica drains; then it is read as it is.
   */
  async function wait(
    id: string,
    tenant: string,
    seconds: number,
    hungUp: AbortSignal,
    after?: number,
  ): Promise<Reading> {
    const until = Date.now() + seconds * 1_000;
    // A deck tells a card at a time: whoever waits for the end alone reads none of that.
    const channels = new Set([after === undefined ? endOf(id) : id]);
    for (;;) {
      const event = nextEvent([...channels], Math.min(until - Date.now(), REREAD_MS), hungUp);
      try {
        const { fields, queuePosition: place } = await find(id, tenant);
        const ended = isTerminal(statusOf(fields));
        const enough = ended || (after !== undefined && sequence(fields) !== after);
        if (enough || Date.now() >= until || hungUp.aborted || draining) return view(id, fields, place);
        // The events of a follower are its leader's; its end is its own.
        const leader = after === undefined ? undefined : leaderOf(fields);
        if (leader === undefined || channels.has(leader)) await event.rung;
        else channels.add(leader);
      } finally {
        event.stop();
      }
    }
  }

  function nextEvent(ids: readonly string[], ms: number, hungUp: AbortSignal) {
    let stop: () => void = () => undefined;
    const happened = new Promise<void>((resolve) => {
      const offs = ids.map((id) => bell.subscribe(id, resolve));
      const timer = setTimeout(resolve, Math.max(ms, 0));
      const onHangUp = (): void => resolve();
      hungUp.addEventListener('abort', onHangUp, { once: true });
      stop = () => {
        for (const off of offs) off();
        clearTimeout(timer);
        hungUp.removeEventListener('abort', onHangUp);
      };
    });
    return { rung: happened, stop };
  }

  return {
    submit,
    retry,
    read,
    wait,

    /** A page of the job's events after number `after`. */
    follow: async (id: string, tenant: string, after: number): Promise<Page> =>
      there(await store.follow(id, tenant, after)),

    /** Cancels a job wherever it is; one that ended is returned as it is. */
    async cancel(id: string, tenant: string): Promise<Reading> {
      await find(id, tenant);
      await store.finish(id, null, { status: 'canceled' }, { tenant });
      feed.ask();
      return read(id, tenant);
    },

    async erase(id: string, tenant: string): Promise<void> {
      if (!(await eraseIfThere(id, tenant))) throw new AppError('not_found', 'There is no job with this id.');
    },

    eraseIfThere,

    async list(tenant: string, status: Status | '', from: string, limit: number) {
      const { next, ids } = await store.list(tenant, status, from, limit);
      const found = await Promise.all(ids.map((id) => store.read(id, tenant)));
      const jobs = found.flatMap((entry, i) =>
        typeof entry === 'string' ? [] : [jobOf({ id: ids[i] as string, ...entry }, resultSeconds)],
      );
      return { next, jobs };
    },

    queue: (): Promise<QueueState> => store.queue(),

    /** Lets everyone who waits go with what there is. */
    drain(): void {
      draining = true;
      bell.wakeAll();
    },
  };
}

function there<T>(found: T | 'gone' | 'none'): T {
  if (found === 'gone') throw new AppError('gone', 'The result of this job has expired.');
  if (found === 'none') throw new AppError('not_found', 'There is no job with this id.');
  return found;
}
