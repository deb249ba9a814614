/** The keys of what webhooks are owed. A receiver is a host of one tenant. */
export const DELIVERY_KEYS = {
  delivery: {
    key: 'delivery:{id}',
    type: 'hash',
    holds: 'what a webhook is owed: URL, event number, the exact bytes (no card), state, counters',
    lives: 'until it ends, then to 24 h from the event and at least 1 h',
  },
  attempts: { key: 'attempts:{id}', type: 'list', holds: 'its last 20 attempts', lives: 'as long as the delivery' },
  outbox: {
    key: 'outbox',
    type: 'sorted set',
    holds: 'receivers (`HOST/TENANT`; of earlier versions `HOST`) by when an earlier version looks at them',
    lives: 'until empty',
  },
  receiverOutbox: {
    key: 'outbox:{receiver}',
    type: 'sorted set',
    holds: 'ids of a receiver by when an attempt is due',
    lives: 'until empty',
  },
  tenantReceivers: {
    key: 'outbox:/receivers/{tenant}',
    type: 'sorted set',
    holds: "a tenant's receivers by when to look at them",
    lives: 'until empty',
  },
  outboxTenants: {
    key: 'outbox:/tenants',
    type: 'sorted set',
    holds: 'tenants by when to look at their receivers',
    lives: 'until empty',
  },
  deliveryTurns: {
    key: 'outbox:/turns',
    type: 'sorted set',
    holds: 'tenants with due deliveries, in the order of their turns',
    lives: 'until empty',
  },
  fullTenants: {
    key: 'outbox:/full',
    type: 'sorted set',
    holds: 'tenants that held their share of the slots, by when that was last found',
    lives: 'until they have nothing to hand on',
  },
  tenantPosting: {
    key: 'outbox:/posting/{tenant}',
    type: 'sorted set',
    holds: "a tenant's attempts handed to BullMQ, by time",
    lives: 'until recorded, at most 1 h',
  },
  deliverySlots: {
    key: 'outbox:/slots',
    type: 'sorted set',
    holds: '`id:slots` of each worker for attempts, by the end of its announcement',
    lives: '10 s',
  },
  backlog: {
    key: 'backlog',
    type: 'sorted set',
    holds: 'ids that wait for an attempt, by when it is due',
    lives: 'until empty',
  },
  posting: {
    key: 'posting',
    type: 'sorted set',
    holds: 'attempts handed to BullMQ (`id receiver`), by time',
    lives: 'until recorded',
  },
  posts: { key: 'posts', type: 'hash', holds: 'how many of them each receiver has', lives: 'until recorded' },
  slowReceivers: {
    key: 'slow',
    type: 'sorted set',
    holds: 'receivers that gave no answer to an attempt, until one is delivered',
    lives: '5 min each',
  },
  hook: {
    key: 'hook:{hash}',
    type: 'hash',
    holds: "since when a tenant's URL fails, and when it was disabled; the hash is of both",
    lives: '2 days from the last failure; disabled 30 days',
  },
} as const;
