import type { Redis } from 'ioredis';
import { type JobError, PRIORITIES, type Status } from '../../contract/job';
import type { Result, Usage } from '../../contract/deck';
import { packHook } from '../../contract/webhook';
import type { Bound } from '../../contract/cost';
import { BULK_AGES_MS, GENERATE_QUEUE } from '../../queue/queues';
import { gathered } from '../../runtime/gather';
import { defineScript } from '../script';
import type { Admission, AdmissionOutcome, Admitted } from '../line/admission';
import { type RetrySource, retrySourceOf } from './retry-source';
import type { Ended } from './ending';
import { type Added, type Page, packAdded, pageOf } from './log';
import { packPolicies } from '../accounts/policies';
import { type Fields, type QueuePosition, fieldsOf, packRequest } from './record';
import { type Run, type RunId, runOf } from './run';

export type { Admitted } from '../line/admission';
export type { Run, RunId } from './run';

/** How long what is left of an ended job lives, in seconds. */
export interface Retention {
  readonly resultSeconds: number;
  readonly failedTextSeconds: number;
}
/** How long a good result is kept for who asks the same again. */
export const CACHE_SECONDS = 3_600;
/** A tombstone lives for a day, so that a repeated idempotency key is never paid twice. */
export const TOMB_SECONDS = 86_400;
const LONGEST_JOB_SECONDS = 86_400;
const SWEEP_GRACE_MS = 5_000;
/**
 * Jobs in one call of a script: with the longest texts some megabytes, and a millisecond or two of Redis' time, in which a
 * busy process goes on with the next.
 */
const MAX_TOGETHER = 16;

export type Ending =
  | { readonly status: 'completed'; readonly result: Result; readonly usage: Usage }
  | { readonly status: 'failed'; readonly error: JobError; readonly usage: Usage | null }
  | { readonly status: 'canceled' };

export interface QueueState {
  readonly waiting: number;
  readonly running: number;
  readonly workers: number;
  readonly slots: number;
  readonly oldestWaitMs: number;
  readonly serviceMs: number;
}

export type Found = { readonly fields: Fields; readonly queuePosition: QueuePosition } | 'gone' | 'none';
export type Store = ReturnType<typeof createStore>;

/** Events in one read: a long log is read in pieces. */
const MAX_EVENTS = 100;

/**
 * The records, the waiting lists and what carries a job through them: the only place that knows our keys.
 * `onEnd` hears of every job that ends by a call of this process, once each.
 */
export function createStore(
  redis: Redis,
  prefix: string,
  retention: Retention,
  onEnd: (ended: Ended) => void = () => undefined,
) {
  const script = (path: string) => defineScript(redis, path);
  const scripts = {
    submit: script('line/submit'),
    feed: script('line/feed'),
    take: script('jobs/take'),
    append: script('jobs/append'),
    spent: script('accounts/spent'),
    release: script('jobs/release'),
    finish: script('jobs/finish'),
    endFollowers: script('jobs/end-followers'),
    erase: script('erasure/erase'),
    read: script('jobs/read'),
    follow: script('jobs/follow'),
    retrySource: script('jobs/retry-source'),
    list: script('jobs/list'),
    queue: script('line/queue'),
    announce: script('line/announce'),
    sweep: script('line/sweep'),
    extend: script('accounts/extend'),
  };
  // A record that outlives its tombstone would let an old idempotency key make a new job.
  const tombSeconds = Math.max(TOMB_SECONDS, retention.resultSeconds);
  const ttl = [retention.resultSeconds, retention.failedTextSeconds, tombSeconds] as const;

  const submitted = gathered(MAX_TOGETHER, async (jobs: readonly (string | number)[][]) => {
    const indexSeconds = LONGEST_JOB_SECONDS + retention.resultSeconds;
    return (await scripts.submit(prefix, indexSeconds, retention.resultSeconds, tombSeconds, ...jobs.flat())) as [
      AdmissionOutcome, string, number, number, number, number, number, string,
    ][]; // prettier-ignore
  });
  const taken = gathered(
    MAX_TOGETHER,
    async (ids: readonly string[]) => (await scripts.take(prefix, ...ids)) as ('' | (string | number)[])[],
  );
  const finished = gathered(
    MAX_TOGETHER,
    async (jobs: readonly (string | number)[][]) =>
      (await scripts.finish(prefix, ...ttl, Math.min(CACHE_SECONDS, retention.resultSeconds), ...jobs.flat())) as [
        number,
        number,
        string,
        string[],
      ][],
  );

  const appended = gathered(
    MAX_TOGETHER,
    async (runs: readonly (string | number)[][]) => (await scripts.append(prefix, ...runs.flat())) as number[],
  );

  /** Ends who followed `id`, some in this call and the others in as many as it takes. */
  async function endAllFollowers(id: string, left: number, others: readonly string[]): Promise<void> {
    reportEnds(others, 'leader');
    for (let rest = left; rest > 0;) {
      const [more, ended] = (await scripts.endFollowers(prefix, id, ...ttl)) as [number, string[]];
      reportEnds(ended, 'leader');
      rest = more;
    }
  }

  /** Of each job that ended beside others a script returns id, tenant, status and error. */
  function reportEnds(flat: readonly string[], by: Ended['by']): void {
    for (let i = 0; i + 3 < flat.length; i += 4) {
      const [id = '', tenant = '', status, error] = flat.slice(i, i + 4);
      const code = error ? (JSON.parse(error) as JobError).code : null;
      onEnd({ id, tenant, status: status as Status, code, by });
    }
  }

  return {
    eventsChannel: `${prefix}:bell`,
    cancelChannel: `${prefix}:cancel`,

    async submit(admission: Admission): Promise<Admitted> {
      const { submit, result } = admission;
      const [outcome, status, remaining, number, created, slots, serviceMs, leaderTrace] = await submitted([
        admission.id,
        admission.tenant,
        submit.text,
        submit.options.cards,
        submit.deadline_seconds * 1_000,
        PRIORITIES.indexOf(submit.priority),
        admission.cacheKey,
        admission.flightKey,
        packRequest(submit, admission.parent),
        admission.bodyHash,
        admission.limitPerMinute,
        admission.limitSubject,
        admission.maxWaiting,
        result ? JSON.stringify(result) : '',
        admission.retryOf,
        admission.look ? '1' : '0',
        submit.webhook ? packHook(submit.webhook) : '',
        admission.policies ? packPolicies(admission.policies) : '',
        admission.trace,
      ]);
      if (outcome === 'made' && status === 'completed')
        onEnd({ id: admission.id, tenant: admission.tenant, status, code: null, by: 'cache' });
      const queuePosition = { position: outcome === 'made' ? number : 0, slots, serviceMs, now: created };
      return { outcome, status, remaining, retryAfterSeconds: number, created, queuePosition, leaderTrace };
    },

    /** Ids that may now enter the queue, at most `most`. */
    async feed(max: number): Promise<string[]> {
      const [fed, others] = (await scripts.feed(prefix, max, ...ttl)) as [string[], string[]];
      reportEnds(others, 'feed');
      return fed;
    },

    async take(id: string): Promise<Run | null> {
      const run = await taken(id);
      return run === '' ? null : runOf(id, run);
    },

    /** Tells cards that a run keeps and what its job has cost so far. False when it does not hold the job any more. */
    async append({ id, run }: RunId, usage: Usage, added: Added): Promise<boolean> {
      return (await appended([id, run, JSON.stringify(usage), packAdded(added)])) === 1;
    },

    /** Whether a run still holds its job. */
    async holds({ id, run }: RunId): Promise<boolean> {
      const [status, held] = await redis.hmget(`${prefix}:job:${id}`, 'status', 'run');
      return status === 'running' && held === String(run);
    },

    async has(id: string): Promise<boolean> {
      return (await redis.exists(`${prefix}:job:${id}`)) === 1;
    },

    /** Says once what a run of a canceled job cost in the end. */
    async spent({ id, run }: RunId, usage: Usage): Promise<boolean> {
      return (await scripts.spent(prefix, id, run, JSON.stringify(usage))) === 1;
    },

    /**
     * Gives a job back to be run again; `counted` is whether the attempt used up one of its attempts, `crashed` whether
     * the process that it ran in ended.
     */
    async release(
      { id, run }: RunId,
      counted: boolean,
      usage: Usage | null,
      added: Added | null,
      crashed: '' | 'alone' | 'among_others' = '',
    ): Promise<boolean> {
      const spent = usage ? JSON.stringify(usage) : '';
      const cards = added ? packAdded(added) : '';
      return (await scripts.release(prefix, id, run, counted ? '1' : '0', spent, cards, crashed)) === 1;
    },

    /**
     * Ends a job. False when it had ended, is another run's, or is not there. With `cacheKey` the result is also kept
     * for who asks the same again, where the cache is in this Redis. `added`: cards of a job that fails; those of one
     * that completed stand in its result.
     */
    async finish(
      id: string,
      run: number | null,
      ending: Ending,
      { tenant = '', cacheKey = '', added = null }: { tenant?: string; cacheKey?: string; added?: Added | null } = {},
    ): Promise<boolean> {
      const result = ending.status === 'completed' ? JSON.stringify(ending.result) : '';
      const usage = ending.status !== 'canceled' && ending.usage ? JSON.stringify(ending.usage) : '';
      const error = ending.status === 'failed' ? JSON.stringify(ending.error) : '';
      const [won, left, owner, others] = await finished([
        id, run ?? '', ending.status, result, usage, error, tenant, cacheKey, added ? packAdded(added) : '',
      ]); // prettier-ignore
      const code = ending.status === 'failed' ? ending.error.code : null;
      if (won) onEnd({ id, tenant: owner, status: ending.status, code, by: run === null ? 'client' : 'run' });
      await endAllFollowers(id, left, others);
      return won === 1;
    },

    /** Removes every trace but a tombstone; the key of its cached result is for the caller to remove. */
    async erase(id: string, tenant: string): Promise<{ erased: boolean; cacheKey: string }> {
      const answer = (await scripts.erase(prefix, id, tenant, tombSeconds)) as [number, string, number];
      const [erased, cacheKey, canceled] = answer;
      if (canceled) onEnd({ id, tenant, status: 'canceled', code: null, by: 'client' });
      return { erased: erased === 1, cacheKey };
    },

    async read(id: string, tenant: string): Promise<Found> {
      const answer = (await scripts.read(prefix, id, tenant)) as
        ['gone' | 'none'] | [string[], number, number, number, number];
      if (typeof answer[0] === 'string') return answer[0];
      const [fields, position = 0, slots = 0, serviceMs = 0, now = 0] = answer;
      return { fields: fieldsOf(fields), queuePosition: { position, slots, serviceMs, now } };
    },

    /** The events of a job after number `after`: a page of them. */
    async follow(id: string, tenant: string, after: number): Promise<Page | 'gone' | 'none'> {
      const answer = (await scripts.follow(prefix, id, tenant, after, MAX_EVENTS)) as
        ['gone' | 'none'] | [string[], number, string[], number];
      if (typeof answer[0] === 'string') return answer[0];
      const [fields, first = 0, entries = [], length = 0] = answer;
      return pageOf({ id, fields: fieldsOf(fields), first, entries, length }, after, retention.resultSeconds);
    },

    /** What a failed job was asked for, to be asked again. */
    async retrySource(id: string, tenant: string): Promise<RetrySource | 'none' | 'open' | 'gone'> {
      const answer = (await scripts.retrySource(prefix, id, tenant)) as string[];
      return answer.length === 1 ? (answer[0] as 'none' | 'open' | 'gone') : retrySourceOf(answer);
    },

    async list(tenant: string, status: Status | '', from: string, limit: number) {
      const [next, ...ids] = (await scripts.list(prefix, tenant, status, from, limit)) as string[];
      return { next: next ?? '', ids };
    },

    async queue(): Promise<QueueState> {
      const numbers = (await scripts.queue(prefix)) as number[];
      const [waiting = 0, running = 0, workers = 0, slots = 0, oldest = 0, service = 0] = numbers;
      return { waiting, running, workers, slots, oldestWaitMs: oldest, serviceMs: service };
    },

    /** Says for `seconds` that a worker has `slots`; 0 takes it back. Returns the length of BullMQ's waiting list. */
    async announce(worker: string, slots: number, seconds: number): Promise<number> {
      return (await scripts.announce(prefix, worker, slots, seconds, GENERATE_QUEUE)) as number;
    },

    /** Lets a run use more than is held for its job. False where that is over a budget, or another run holds it. */
    async extend({ id, run }: RunId, { tokens, nano }: Bound): Promise<boolean> {
      return (await scripts.extend(prefix, id, run, tokens, nano)) === 1;
    },

    /** How many jobs it queued again; null when another sweep is at work. */
    async sweep(): Promise<number | null> {
      const swept = (await scripts.sweep(prefix, GENERATE_QUEUE, SWEEP_GRACE_MS, ...ttl, BULK_AGES_MS)) as
        [number, string[]] | null;
      if (!swept) return null;
      reportEnds(swept[1], 'sweep');
      return swept[0];
    },
  };
}
