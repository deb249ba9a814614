import { Redis } from 'ioredis';
import type { Card, Result, Usage } from '@flashcards/shared/contract/deck';
import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import type { Admission } from '@flashcards/shared/store/line/submit';
import { createStore } from '@flashcards/shared/store/jobs/job-store';
import type { Ended } from '@flashcards/shared/store/jobs/ending';
import { type AttemptEnd, type Poster, createDeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import type { Keyspace } from '@flashcards/shared/store/script';
import { RedisServer } from './redis-server';

/** A Redis of a test file's own, empty before each of its tests. */
export function useKeyspace(): Keyspace {
  const redis = new Redis({ lazyConnect: true });
  let server: RedisServer | undefined;
  beforeAll(async () => {
    server = await RedisServer.start('no');
    redis.options.port = server.port;
    await redis.connect();
  });
  beforeEach(async () => {
    await redis.flushall();
  });
  afterAll(async () => {
    redis.disconnect();
    await server?.remove();
  });
  return { redis, prefix: '{test}' };
}

/** The store of a keyspace, and what it said of jobs that ended. */
export function storeIn({ redis, prefix }: Keyspace) {
  const ended: Ended[] = [];
  const store = createStore(redis, prefix, { resultSeconds: 60, failedTextSeconds: 60 }, (one) => ended.push(one));
  return { ...store, ended };
}

type AdmissionChange = Partial<Omit<Admission, 'submit'>> & { readonly submit?: Partial<Admission['submit']> };

/** A submit of the tenant `ann` without limits; its text is its own. */
export function admissionOf(id: string, { submit, ...change }: AdmissionChange = {}): Admission {
  return {
    id,
    tenant: 'ann',
    submit: {
      text: `Basalt is a dark volcanic rock (${id}).`,
      options: DEFAULT_OPTIONS,
      priority: 'standard',
      deadline_seconds: 600,
      ...submit,
    },
    cacheKey: '',
    flightKey: '',
    bodyHash: '',
    limitPerMinute: 0,
    limitSubject: 'ann',
    maxWaiting: 1_000_000,
    maxWaitMs: 0,
    maxStoredBytes: 0,
    policies: null,
    result: null,
    epoch: 0,
    retryOf: '',
    parent: '',
    trace: '',
    look: false,
    ...change,
  };
}

export const usageOf = (tokens: number): Usage => ({
  input_tokens: tokens,
  output_tokens: tokens,
  cost_usd: tokens / 1_000_000,
  final: true,
});

export const cardOf = (number: number): Card => ({
  id: `c_${String(number).padStart(12, '0')}`,
  type: 'basic',
  front: `Line one\nof "${number}"?`,
  back: 'b',
  tags: [],
  quote: 'Basalt',
  start: 0,
  end: 6,
});

export const resultOf = (cards: readonly Card[]): Result => ({
  deck: { title: 't', language: 'en', cards },
  partial: false,
  wanted: cards.length,
  generated: cards.length,
  kept: cards.length,
  dropped: {},
  coverage: { share: 1, uncited: [] },
  model: 'm',
  prompt_version: 'v',
});

export const addedOf = (from: number, cards: readonly Card[]) => ({
  from,
  cards,
  draft: { title: 't', language: 'en', generated: cards.length, dropped: {} },
});

/** A worker that hands deliveries on, with more slots than most tests need. */
export const POSTER: Poster = { worker: 'worker', slots: 100, maxPerTenant: 40, maxPerHost: 8 };

const WEBHOOK = { url: 'https://example.com/hook', events: ['job.canceled'] } as const;

/** A delivery store with the delivery of `job-1`, which was canceled; its host is `example.com`. */
export async function owedDelivery(keyspace: Keyspace) {
  const store = storeIn(keyspace);
  await store.submit(admissionOf('job-1', { submit: { webhook: WEBHOOK } }));
  await store.finish('job-1', null, { status: 'canceled' });
  return { store, deliveries: createDeliveryStore(keyspace.redis, keyspace.prefix) };
}

/** Deliveries of a tenant to these hosts, each of a job that was canceled. Returns the ids of the jobs. */
export async function owedTo(keyspace: Keyspace, tenant: string, hosts: readonly string[]): Promise<string[]> {
  const store = storeIn(keyspace);
  return Promise.all(
    hosts.map(async (host) => {
      const id = `${tenant}-${(owed += 1)}`;
      const webhook = { ...WEBHOOK, url: `https://${host}/hook` };
      await store.submit(admissionOf(id, { tenant, limitSubject: tenant, submit: { webhook } }));
      await store.finish(id, null, { status: 'canceled' });
      return id;
    }),
  );
}
let owed = 0;

/** The same with its first attempt handed on. */
export async function postedDelivery(keyspace: Keyspace) {
  const { store, deliveries } = await owedDelivery(keyspace);
  const [post] = (await deliveries.post(POSTER, 10)).posts;
  if (!post) throw new Error('nothing was posted');
  return { store, deliveries, post };
}

export const attemptEndOf = (outcome: AttemptEnd['outcome'], delayMs = 0): AttemptEnd => ({
  outcome,
  reason: outcome === 'delivered' ? 'ok' : 'server_error',
  unanswered: false,
  delayMs,
  entry: {
    number: 1,
    at: '2026-01-01T00:00:00.000Z',
    kind: 'automatic',
    delivered: outcome === 'delivered',
    status: 200,
    duration_ms: 12,
    reason: outcome === 'delivered' ? 'ok' : 'server_error',
  },
});
