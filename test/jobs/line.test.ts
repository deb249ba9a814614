import { PRIORITIES } from '@flashcards/shared/contract/job';
import { Line } from '../harness/redis/line';
import { RedisServer } from '../harness/redis/redis-server';
import { seeded } from '../harness/seeded';

let redis: RedisServer;
let line: Line;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.remove());
beforeEach(async () => {
  line = new Line(redis.url);
  await line.redis.flushall();
  await line.slots(1);
});
afterEach(() => line.close());

const fedOrder = async (): Promise<string[]> => {
  const order: string[] = [];
  for (let id = await line.next(); id; id = await line.next()) order.push(id);
  return order;
};

describe('the position of a waiting job', () => {
  test.each([1, 2, 3, 4, 5])('is its number in the order of starts, with several tenants and classes (seed %i)', async (seed) => {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const waiting = new Map<string, string>();
    for (let i = 0; i < 120; i += 1) {
      const tenant = pick(['amber', 'beryl', 'coral', 'delta']);
      // Tenants come, have their turns, and run out of jobs in between.
      if (random() < 0.35) waiting.delete((await line.next()) ?? '');
      else waiting.set(await line.submit(tenant, { priority: pick(PRIORITIES) }), tenant);
    }
    const positions = new Map<number, string>();
    for (const [id, tenant] of waiting) positions.set(await line.position(id, tenant), id);
    const order = await fedOrder();
    expect(order).toHaveLength(waiting.size);
    expect(order.map((_id, i) => positions.get(i + 1))).toEqual(order);
  }); // prettier-ignore

  test('of one that shares the call of another is that of the other', async () => {
    await line.submitMany(3, 'amber');
    await line.submit('beryl', { flightKey: 'same' });
    const leader = await line.submit('amber', { flightKey: 'shared' });
    const follower = await line.submit('amber', { flightKey: 'shared' });
    expect(await line.position(follower, 'amber')).toBe(await line.position(leader, 'amber'));
    expect(await line.position(follower, 'amber')).toBe(5);
  });
});

describe('tenants', () => {
  test.each(PRIORITIES)(
    'with 10,000 waiting %s jobs are passed by the first job of another',
    async (priority) => {
      await line.submitMany(10_000, 'crowd', priority);
      for (let i = 0; i < 20; i += 1) await line.next();
      const first = await line.submit('newcomer', { priority: 'bulk' });
      expect(await line.position(first, 'newcomer')).toBe(1);
      expect(await line.next()).toBe(first);
    },
    30_000,
  );

  test('take turns, however many jobs each has', async () => {
    await line.submitMany(100, 'crowd');
    await line.submitMany(10, 'few');
    const order = (await fedOrder()).slice(0, 20).map((id) => id.split('-')[0]);
    expect(order.filter((tenant) => tenant === 'few')).toHaveLength(10);
  });

  test('that always come back with one job more do not keep the others waiting', async () => {
    await line.submitMany(50, 'zebra');
    const returning = ['amber', 'beryl', 'coral'];
    for (const tenant of returning) await line.submit(tenant);
    const served: string[] = [];
    for (let i = 0; i < 80; i += 1) {
      const [tenant = ''] = (await line.next())?.split('-') ?? [];
      served.push(tenant);
      if (returning.includes(tenant)) await line.submit(tenant);
    }
    for (const tenant of [...returning, 'zebra']) {
      expect(served.filter((one) => one === tenant).length).toBeGreaterThanOrEqual(19);
    }
  });

  test('that never came before cannot keep one waiting for ever, though there is always another', async () => {
    await line.submitMany(2, 'zebra');
    expect((await line.next())?.split('-')[0]).toBe('zebra');
    let passed = 0;
    for (; passed < 3_000; passed += 1) {
      await line.submit(`a${passed}`);
      if ((await line.next())?.startsWith('zebra')) break;
    }
    expect(passed).toBeLessThanOrEqual(1_000);
  }, 30_000);

  test('cannot get forward by cancelling and submitting again', async () => {
    await line.submitMany(2, 'amber');
    await line.submitMany(3, 'beryl');
    await line.next();
    const [mine] = await line.store.list('amber', 'queued', '', 1).then(({ ids }) => ids);
    await line.store.finish(mine as string, null, { status: 'canceled' });
    const again = await line.submit('amber');
    expect(await line.position(again, 'amber')).toBe(2);
  });
});

describe('within a tenant', () => {
  test('the class orders, then the time', async () => {
    const ids = new Map<string, string>();
    for (const [name, priority] of [['b1', 'bulk'], ['s1', 'standard'], ['i1', 'interactive'], ['s2', 'standard'], ['i2', 'interactive']] as const) {
      ids.set(await line.submit('amber', { priority }), name);
      await new Promise((resolve) => setTimeout(resolve, 2)); // times are told apart by the millisecond
    } // prettier-ignore
    expect((await fedOrder()).map((id) => ids.get(id))).toEqual(['i1', 'i2', 's1', 's2', 'b1']);
  });

  test('a bulk job that waited ten minutes stands before standard ones that came later', async () => {
    const bulk = await line.submit('amber', { priority: 'bulk' });
    const standard = await line.submit('amber');
    expect(await line.position(bulk, 'amber')).toBe(2);
    const waiting = `${line.prefix}:waiting:amber`;
    const since = Number(await line.redis.zscore(waiting, bulk));
    await line.redis.zadd(waiting, since - 599_000, bulk);
    await line.store.sweep();
    expect(await line.position(bulk, 'amber')).toBe(2);
    await line.redis.zadd(waiting, since - 600_500, bulk);
    await line.redis.del(`${line.prefix}:sweeping`);
    await line.store.sweep();
    expect(await line.position(bulk, 'amber')).toBe(1);
    expect(await fedOrder()).toEqual([bulk, standard]);
  });
});
