import { BULLMQ_KEYS } from '../queue/bullmq-keys';
import { DELIVERY_KEYS } from './deliveries/delivery-keys';

/** A key or a channel in Redis. Its name is a promise to other versions, and to operators who look into Redis. */
interface RedisName {
  /** Behind the prefix and a colon; `{id}` is a part that varies. */
  readonly key: string;
  readonly type: 'string' | 'hash' | 'list' | 'set' | 'sorted set' | 'stream' | 'channel';
  readonly holds: string;
  readonly lives: string;
}

/** Every key and channel of ours. Lua's names and the table in docs/architecture.md are made from this. */
export const KEYS = {
  job: {
    key: 'job:{id}',
    type: 'hash',
    holds: 'the record: status, tenant, times, options, counters, `run`, `seq`, `cards`, result, usage, error',
    lives: 'until the end, then `RESULT_SECONDS`',
  },
  events: {
    key: 'events:{id}',
    type: 'list',
    holds: "the job's log: statuses, cards, progress",
    lives: 'until the end, then `RESULT_SECONDS`',
  },
  text: {
    key: 'text:{id}',
    type: 'string',
    holds: 'the text as posted',
    lives: 'until the end; of a failed job `FAILED_TEXT_SECONDS` more',
  },
  tombstone: {
    key: 'tomb:{id}',
    type: 'string',
    holds: 'how it ended, tenant and times; no content',
    lives: '24 h from the end, or from the erasure; past the last webhook attempt',
  },
  tenantJobs: {
    key: 'jobs:{tenant}',
    type: 'sorted set',
    holds: "ids of a tenant's jobs by time",
    lives: '24 h and `RESULT_SECONDS` from its last submit',
  },
  waiting: {
    key: 'waiting:{tenant}',
    type: 'sorted set',
    holds: 'waiting ids by priority and time',
    lives: 'until empty',
  },
  fairShare: {
    key: 'turns',
    type: 'sorted set',
    holds: 'tenants with waiting jobs by fair share: the lowest is fed next',
    lives: 'until empty',
  },
  restingTenants: {
    key: 'rested',
    type: 'sorted set',
    holds: 'tenants whose waiting list ran empty, by the fair share they keep',
    lives: 'until the fair share has passed',
  },
  fed: { key: 'fed', type: 'sorted set', holds: 'ids handed to BullMQ and not ended, by time', lives: 'until empty' },
  workers: {
    key: 'workers',
    type: 'sorted set',
    holds: '`id:slots` of each worker, by the end of its announcement',
    lives: 'removed by the sweep',
  },
  inFlight: { key: 'flight', type: 'hash', holds: 'key of identical jobs -> leader', lives: 'until the leader ends' },
  leaders: { key: 'leaders', type: 'set', holds: 'ids that followers wait for', lives: 'until the followers end' },
  followerDeadlines: {
    key: 'due',
    type: 'sorted set',
    holds: 'followers by their own deadline',
    lives: 'until they end',
  },
  followers: { key: 'followers:{id}', type: 'list', holds: "ids of a leader's followers", lives: 'until they end' },
  counts: {
    key: 'counts',
    type: 'hash',
    holds: 'waiting jobs, fair share of the job fed last, mean service time, tenants being erased',
    lives: 'kept',
  },
  limit: {
    key: 'limit:{subject}',
    type: 'hash',
    holds: 'submits by second; of `edits:{subject}` edits of cards',
    lives: '62 s from the last second with one',
  },
  cache: {
    key: 'cache:{hash}',
    type: 'string',
    holds:
      'a result and its epoch, in `CACHE_REDIS_URL`; the hash is of tenant, folded text, options, prompt and models',
    lives: '1 h from the end of its job',
  },
  apiKey: {
    key: 'key:{id}',
    type: 'hash',
    holds: 'an API key: tenant, scopes, times, its keyed hash, and the signature of all of it',
    lives: 'until revoked',
  },
  tenantKeys: { key: 'keys:{tenant}', type: 'sorted set', holds: 'key ids of a tenant', lives: 'kept' },
  tenants: { key: 'tenants', type: 'sorted set', holds: 'tenants by the time of their first key', lives: 'kept' },
  keysSigned: {
    key: 'keys-signed',
    type: 'string',
    holds: 'the signature which says that every API key and limit is signed',
    lives: 'kept',
  },
  keyUses: { key: 'key-uses', type: 'hash', holds: 'when each key was last used', lives: 'kept' },
  tenant: {
    key: 'tenant:{tenant}',
    type: 'hash',
    holds: 'its own limits with their signature, and its sealed webhook secrets',
    lives: 'kept',
  },
  account: {
    key: 'account:{tenant}',
    type: 'hash',
    holds: 'open jobs and what they hold of the budget, where there are limits',
    lives: 'kept',
  },
  usage: {
    key: 'usage:{tenant}:{day}',
    type: 'hash',
    holds: 'what jobs that ended on a day of UTC used',
    lives: '32 days',
  },
  tenantUse: {
    key: 'tenants:{day}',
    type: 'sorted set',
    holds: 'tenants by the nano-dollars and jobs of a day of UTC: which are the largest',
    lives: '2 days',
  },
  totalUse: { key: 'used:{day}', type: 'hash', holds: 'what all tenants used on that day', lives: '2 days' },
  nearLimit: {
    key: 'near:{policy}:{day}',
    type: 'sorted set',
    holds: 'tenants that used or reserved half of a limit of their day, with the share',
    lives: '2 days',
  },
  stored: {
    key: 'usage:{tenant}:stored',
    type: 'hash',
    holds: 'bytes that a tenant stored, by slice of `RESULT_SECONDS`',
    lives: '`RESULT_SECONDS` and a slice from the last',
  },
  erasures: { key: 'erasures', type: 'hash', holds: 'erasures that are not done', lives: 'until they are' },
  erasureHolder: {
    key: 'erasure-held:{tenant}',
    type: 'string',
    holds: 'the replica that works at an erasure',
    lives: '10 s from its last sign',
  },
  erasing: { key: 'erasing:{tenant}', type: 'string', holds: 'its data is being erased', lives: 'until it is' },
  erasure: {
    key: 'erasure:{id}',
    type: 'hash',
    holds: 'an erasure: whose, who asked for it, times and counts; no content',
    lives: 'until it is done; of all data 30 days more, the last 100 of a tenant',
  },
  owedErasures: {
    key: 'erasures-owed',
    type: 'sorted set',
    holds: 'erasures without a receipt, by when to look at them',
    lives: 'until the receipt is written',
  },
  owedResults: {
    key: 'erasure-owes:{id}',
    type: 'set',
    holds: 'hashes of the cached results that an erasure has to remove yet',
    lives: 'until they are removed',
  },
  receipts: {
    key: 'erasure-receipts:{tenant}',
    type: 'list',
    holds: 'ids of the erasures of all data that are done',
    lives: '30 days from the last',
  },
  erasureEpoch: {
    key: 'erasure-epoch:{tenant}',
    type: 'string',
    holds: "the epoch of a tenant's cached results: an erasure of all data raises it",
    lives: 'kept',
  },
  erasedResult: {
    key: 'erased-result:{hash}',
    type: 'string',
    holds: 'the epoch of one cached result: an erasure of its job raises it',
    lives: '24 h, or `RESULT_SECONDS` where that is more',
  },
  rewriteOwed: {
    key: 'rewrite-owed',
    type: 'hash',
    holds: 'since when the append-only file shows what was erased, and when the last of it was',
    lives: 'until the file is rewritten',
  },
  rewriteHeld: {
    key: 'rewrite-held',
    type: 'string',
    holds: 'a rewrite of the append-only file was begun: the next one waits',
    lives: '`ERASED_ON_DISK_SECONDS`',
  },
  modelProbe: {
    key: 'probe:openrouter',
    type: 'string',
    holds: "outcome of the last probe of the model's API",
    lives: '10 min',
  },
  writable: {
    key: 'writable',
    type: 'string',
    holds: 'nothing: the API removes it to learn whether Redis takes writes',
    lives: 'never there',
  },
  sweeping: { key: 'sweeping', type: 'string', holds: 'a sweep is at work', lives: '1 s' },
  sweepCursor: {
    key: 'swept:{tenant}',
    type: 'string',
    holds: 'where the next sweep continues in the waiting list',
    lives: '1 h',
  },
  ...DELIVERY_KEYS,
  jobs: {
    key: 'bell',
    type: 'channel',
    holds: 'ids that something happened to; `ID!`: the job ended',
    lives: '',
  },
  cancel: { key: 'cancel', type: 'channel', holds: 'an id that is not to run any more', lives: '' },
  newPosts: { key: 'post', type: 'channel', holds: 'the outbox has something new', lives: '' },
  keyChanges: { key: 'key-changes', type: 'channel', holds: 'an API key, or limits, changed', lives: '' },
  ...BULLMQ_KEYS,
} as const satisfies Record<string, RedisName>;
