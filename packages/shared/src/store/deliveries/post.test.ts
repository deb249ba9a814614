import {
  POSTER,
  attemptEndOf,
  owedDelivery,
  owedTo,
  postedDelivery,
  useKeyspace,
} from '../../../../../test/harness/redis/keyspace';
import type { Post } from '../../queue/queues';
import { createDeliveryStore } from './delivery-store';

const keyspace = useKeyspace();
const { redis } = keyspace;
const storeOf = () => createDeliveryStore(redis, '{test}');
const poster = (more: Partial<typeof POSTER>) => ({ ...POSTER, ...more });
const tenantOf = ({ host }: Post): string => host.replace(/^.*\//, '');
/** A number of hosts. */
const hosts = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_none, i) => `h${from + i}.example`);
const many = (count: number, host = 'example.com'): string[] => Array<string>(count).fill(host);

test('what is owed is handed on once', async () => {
  const { deliveries } = await owedDelivery(keyspace);
  expect(await deliveries.post(POSTER, 10)).toMatchObject({
    posts: [{ id: 'job-1', host: 'example.com/ann', event: '2', attempt: 1 }],
    nextMs: null,
  });
  expect(await deliveries.post(POSTER, 10)).toMatchObject({ posts: [], nextMs: null });
});

test('an attempt that BullMQ lost is handed on again, and one that it knows is not', async () => {
  const { deliveries, post } = await postedDelivery(keyspace);
  await redis.hset('{test}:deliveries:job-1_2_1', 'name', 'deliveries');
  await redis.zadd('{test}:posting', 1, 'job-1 example.com/ann');
  expect((await deliveries.post(POSTER, 10)).posts).toEqual([]);
  await redis.del('{test}:deliveries:job-1_2_1');
  await redis.zadd('{test}:posting', 1, 'job-1 example.com/ann');
  expect((await deliveries.post(POSTER, 10)).posts).toEqual([post]);
});

describe('a tenant', () => {
  test('holds its share of a host, and its neighbour has one of its own there', async () => {
    await owedTo(keyspace, 'ann', many(20));
    await owedTo(keyspace, 'bob', many(3));
    const { posts, waits } = await storeOf().post(POSTER, 100);
    expect(posts.filter((post) => tenantOf(post) === 'ann')).toHaveLength(POSTER.maxPerHost);
    expect(posts.filter((post) => tenantOf(post) === 'bob')).toHaveLength(3);
    expect(waits).toEqual({ host: 1, tenant: 0, slots: 0 });
  });

  test('holds its share of all slots, however many hosts it uses', async () => {
    await owedTo(keyspace, 'ann', hosts(90));
    await owedTo(keyspace, 'bob', hosts(2, 500));
    const { posts, waits } = await storeOf().post(POSTER, 100);
    expect(posts.filter((post) => tenantOf(post) === 'ann')).toHaveLength(POSTER.maxPerTenant);
    expect(posts.filter((post) => tenantOf(post) === 'bob')).toHaveLength(2);
    expect(waits).toEqual({ host: 0, tenant: 1, slots: 0 });
  });

  test('leaves as many slots free as it holds, so that however many came before, the next one finds some', async () => {
    const held: Record<string, number> = {};
    for (const tenant of ['ann', 'bob', 'cid', 'dan', 'eve', 'fay']) {
      await owedTo(keyspace, tenant, hosts(40));
      held[tenant] = (await storeOf().post(poster({ slots: 32 }), 100)).posts.length;
    }
    expect(held).toEqual({ ann: 16, bob: 8, cid: 4, dan: 2, eve: 1, fay: 1 });
  });

  test('that is alone may use all slots where there is no limit', async () => {
    await owedTo(keyspace, 'ann', hosts(12));
    expect((await storeOf().post(poster({ slots: 10, maxPerTenant: 0 }), 100)).posts).toHaveLength(10);
  });

  test('with a thousand due deliveries stands before no neighbour with one', async () => {
    await owedTo(
      keyspace,
      'ann',
      hosts(100).flatMap((host) => many(10, host)),
    );
    await owedTo(keyspace, 'bob', many(1));
    await owedTo(keyspace, 'cid', many(1));
    expect((await storeOf().post(poster({ slots: 8 }), 4)).posts.map(tenantOf)).toEqual(['ann', 'bob', 'cid', 'ann']);
  });

  test('whose share is in use is handed on for again as soon as one of its attempts ends', async () => {
    await owedTo(keyspace, 'ann', hosts(50));
    const store = storeOf();
    const { posts } = await store.post(POSTER, 100);
    expect((await store.post(POSTER, 100)).posts).toEqual([]);
    for (const post of posts.slice(0, 3)) await store.end(post, attemptEndOf('delivered'), 1e9);
    expect((await store.post(POSTER, 100)).posts).toHaveLength(3);
  });
});

describe('a host', () => {
  test('that gave a tenant no answer gets one attempt of it at a time, and those of its neighbour as before', async () => {
    await owedTo(keyspace, 'ann', many(20));
    const store = storeOf();
    const { posts } = await store.post(POSTER, 100);
    for (const post of posts) await store.end(post, { ...attemptEndOf('failed'), unanswered: true }, 1e9);
    expect((await store.post(POSTER, 100)).posts).toHaveLength(1);
    await owedTo(keyspace, 'bob', many(20));
    expect((await store.post(POSTER, 100)).posts.map(tenantOf)).toEqual(many(POSTER.maxPerHost, 'bob'));
  });

  test('that answers with a failure gets as many attempts as before', async () => {
    await owedTo(keyspace, 'ann', many(20));
    const store = storeOf();
    const { posts } = await store.post(POSTER, 100);
    for (const post of posts) await store.end(post, attemptEndOf('failed'), 1e9);
    expect((await store.post(POSTER, 100)).posts).toHaveLength(POSTER.maxPerHost);
  });
});

describe('the fleet', () => {
  test('is handed only as much as it has free slots', async () => {
    for (const tenant of ['ann', 'bob', 'cid']) await owedTo(keyspace, tenant, hosts(3));
    const store = storeOf();
    const small = poster({ slots: 4, maxPerTenant: 0 });
    const { posts, waits } = await store.post(small, 100);
    expect([posts.length, waits.slots]).toEqual([4, 1]);
    expect((await store.post(small, 100)).posts).toEqual([]);
    expect((await store.post({ ...small, worker: 'another', slots: 2 }, 100)).posts).toHaveLength(2);
    await store.end(posts[0] as Post, attemptEndOf('delivered'), 1e9);
    expect((await store.post(small, 100)).posts).toHaveLength(1);
  });

  test('is handed less once a worker has left, or has been silent', async () => {
    await owedTo(keyspace, 'ann', hosts(9));
    const store = storeOf();
    const [one, other, silent] = ['one', 'other', 'silent'].map((worker) =>
      poster({ worker, slots: 3, maxPerTenant: 0 }),
    ) as [typeof POSTER, typeof POSTER, typeof POSTER];
    await store.post(other, 0);
    await store.post(silent, 0);
    await store.leave(other);
    await redis.zadd('{test}:outbox:/slots', 1, 'silent:3');
    expect((await store.post(one, 100)).posts).toHaveLength(3);
  });
});

describe('a call', () => {
  /** Commands that one call made. */
  async function commandsOf(call: () => Promise<unknown>): Promise<number> {
    await redis.config('RESETSTAT');
    await call();
    const calls = (await redis.info('commandstats')).matchAll(/calls=(\d+)/g);
    return [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  test('looks at no more than some hundred items, and the next one goes on', async () => {
    await owedTo(
      keyspace,
      'ann',
      hosts(400).flatMap((host) => many(5, host)),
    );
    const wide = poster({ slots: 1_000, maxPerTenant: 0 });
    const store = storeOf();
    const seen = new Set<string>();
    const sizes: number[] = [];
    while (seen.size < 1_000) {
      let posts: Post[] = [];
      const commands = await commandsOf(async () => ({ posts } = await store.post(wide, 100)));
      expect(commands).toBeLessThan(2_500);
      sizes.push(posts.length);
      for (const { id } of posts) seen.add(id);
    }
    expect(sizes).toEqual(Array(10).fill(100));
  });

  test('that only found what must wait says that it is worth asking again', async () => {
    await owedTo(keyspace, 'ann', hosts(300));
    await redis.hset('{test}:posts', Object.fromEntries(hosts(300).map((host) => [`${host}/ann`, 8])));
    const store = storeOf();
    expect(await store.post(POSTER, 100)).toMatchObject({ posts: [], waits: { host: 100 }, nextMs: 0 });
    await owedTo(keyspace, 'bob', many(1));
    expect((await store.post(POSTER, 100)).posts.map(tenantOf)).toEqual(['bob']);
  });
});

describe('an earlier version', () => {
  /** What it leaves in Redis of a delivery: it knows hosts, and nothing of tenants. */
  async function left(tenant: string, count: number, host = 'example.com'): Promise<string[]> {
    const ids = await owedTo(keyspace, tenant, many(count, host));
    const now = Date.now();
    for (const id of ids) {
      await redis.hset(`{test}:delivery:${id}`, 'host', host);
      await redis.zadd(`{test}:outbox:${host}`, now - 1_000, id);
      await redis.zadd('{test}:outbox', now - 1_000, host);
    }
    await redis.del(...(await redis.keys('{test}:outbox:*/*')));
    await redis.zrem('{test}:outbox', `${host}/${tenant}`);
    return ids;
  }

  test('left deliveries under their host: each is handed on in the turn of its tenant', async () => {
    await left('ann', 30);
    const [id] = await left('bob', 1);
    const { posts } = await storeOf().post(POSTER, 100);
    expect(posts).toHaveLength(POSTER.maxPerHost + 1);
    expect(posts.slice(0, 2).map(tenantOf).sort()).toEqual(['ann', 'bob']);
    expect(await redis.hget(`{test}:delivery:${id}`, 'host')).toBe('example.com/bob');
  });

  test('left more than one call moves: the next one goes on', async () => {
    await left('ann', 250);
    const store = storeOf();
    const wide = poster({ slots: 1_000, maxPerTenant: 0, maxPerHost: 1_000 });
    const seen = new Set<string>();
    for (let i = 0; i < 5; i += 1) for (const { id } of (await store.post(wide, 100)).posts) seen.add(id);
    expect(seen.size).toBe(250);
    expect(await redis.zscore('{test}:outbox', 'example.com')).toBeNull();
  });

  test('has an attempt running at a host: its end is recorded, and the next one is handed on for its tenant', async () => {
    const [id = ''] = await left('ann', 1);
    await redis.zrem('{test}:outbox:example.com', id);
    await redis.zrem('{test}:outbox', 'example.com');
    await redis.zadd('{test}:posting', Date.now(), `${id} example.com`);
    await redis.hset('{test}:posts', 'example.com', 1);
    const store = storeOf();
    await store.end({ id, host: 'example.com', event: '2', attempt: 1 }, attemptEndOf('retried'), 1e9);
    expect((await store.post(POSTER, 100)).posts).toEqual([{ id, host: 'example.com/ann', event: '2', attempt: 2 }]);
    expect(await redis.hgetall('{test}:posts')).toEqual({ 'example.com/ann': '1' });
  });

  test('that recorded the end of an attempt leaves its tenant the slot', async () => {
    await owedTo(keyspace, 'ann', hosts(80));
    const store = storeOf();
    const { posts } = await store.post(POSTER, 100);
    await store.post(POSTER, 100);
    for (const { id, host } of posts) {
      await redis.zrem('{test}:posting', `${id} ${host}`);
      await redis.hdel('{test}:posts', host);
    }
    await owedTo(keyspace, 'ann', hosts(1, 900));
    const seen: Post[] = [];
    for (let i = 0; i < 5; i += 1) seen.push(...(await store.post(POSTER, 100)).posts);
    expect(seen).toHaveLength(POSTER.maxPerTenant);
    expect(await redis.ttl('{test}:outbox:/posting/ann')).toBeGreaterThan(0);
  });

  test('that comes back finds every receiver with something due in the outbox, within 20 s', async () => {
    await owedTo(keyspace, 'ann', [...many(20), ...hosts(60)]);
    await storeOf().post(POSTER, 100);
    const looks = new Map<string, number>();
    for (const receiver of await redis.zrange('{test}:outbox', '0', '-1')) looks.set(receiver, Number(await redis.zscore('{test}:outbox', receiver)));
    const waiting = (await redis.keys('{test}:outbox:*/ann')).filter((key) => !key.includes(':/'));
    expect(waiting.length).toBeGreaterThan(20);
    for (const key of waiting) expect(looks.get(key.replace('{test}:outbox:', ''))).toBeLessThanOrEqual(Date.now() + 20_000);
  });
}); // prettier-ignore

test('a delivery is not overdue while it waits for its own receivers', async () => {
  const store = storeOf();
  await owedTo(keyspace, 'ann', many(12));
  await store.post(POSTER, 100);
  const [id = ''] = await redis.zrange('{test}:outbox:example.com/ann', '0', '0');
  await redis.zadd('{test}:outbox:example.com/ann', 1, id);
  await redis.zadd('{test}:backlog', 1, id);
  expect((await store.backlog()).overdueMs).toBeLessThan(60_000);
});
