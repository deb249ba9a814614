import { Follower } from '../harness/stack/follow';
import { eventually } from '../harness/eventually';
import { Pair, type Service } from '../harness/stack/pair';
import { RedisServer } from '../harness/redis/redis-server';

jest.setTimeout(240_000);
/** More than it takes a busy machine to find a connection dead and to make it again. */
const HEALED_MS = 60_000;

let pair: Pair;
beforeEach(async () => {
  pair = await Pair.start({ proxied: true, settings: { MODEL: 'standin/extractive-1000ms', WORKER_CONCURRENCY: 1 } });
});
afterEach(() => pair.close());

const healed = <T>(assertion: () => Promise<T>): Promise<T> => eventually(assertion, HEALED_MS);
let count = 0;
const note = () => ({ text: `Basalt is a dark rock that forms when lava cools. This is note number ${(count += 1)}.` });
const post = () => pair.call('POST', '/v1/jobs', note());
const completes = () => healed(async () => expect(await pair.finished(note())).toMatchObject({ status: 'completed' }));
const isReady = async (service: Service): Promise<number> => (await fetch(`${service.opsUrl}/readyz`)).status;
const allBecome = async (status: number): Promise<void> => {
  for (const service of [...pair.apis, ...pair.workers])
    await healed(async () => expect(await isReady(service)).toBe(status));
};

/** What the API's metrics say of Redis, which an alert and the dashboards show. */
const redisUp = async (): Promise<string | undefined> => {
  const metrics = await (await fetch(`${pair.apis[0]?.opsUrl}/metrics`)).text();
  return /^flashcards_redis_up\{.*\} (\d)$/m.exec(metrics)?.[1];
};

describe('connections to Redis that go dead without a word, while new ones pass,', () => {
  test('are made again: jobs are taken in and done again, by themselves', async () => {
    await completes();
    pair.proxy.blackHole();
    expect((await post()).status).toBe(503);
    await healed(async () => expect((await post()).status).toBe(202));
    await completes();
    await allBecome(200);
  });

  test('are made again where they only subscribe: a stream and a long poll get the end of their job', async () => {
    const channels = ['{flashcards}:bell', '{flashcards}:cancel', '{flashcards}:post'];
    const listening = async () => {
      const answer = (await pair.redis.command('PUBSUB', 'NUMSUB', ...channels)) as (string | number)[];
      return answer.filter((_value, i) => i % 2 === 1);
    };
    await pair.script('hang_before_headers');
    const { id } = await pair.submit(note());
    const stream = await Follower.start(`${pair.url}/v1/jobs/${id}/events`);
    await stream.first('status');
    expect(await listening()).toEqual([1, 1, 1]);
    pair.proxy.blackHole();
    // Redis does not know that the first ones are dead.
    await healed(async () => expect(await listening()).toEqual([2, 2, 2]));
    await allBecome(200);
    const polled = pair.ended(id, 60);
    expect((await pair.call('POST', `/v1/jobs/${id}/cancel`)).status).toBeLessThan(300);
    expect((await stream.first('done')).data).toMatchObject({ id, status: 'canceled' });
    expect(await polled).toMatchObject({ status: 'canceled' });
  });
});

describe('a primary that becomes a replica while all connections stay open', () => {
  beforeEach(completes);

  /** How often Redis had to say that it takes no writes, and what the services logged about it. */
  const noise = async () => {
    const stats = (await pair.redis.command('INFO', 'errorstats')) as string;
    const logged = [...pair.apis, ...pair.workers].flatMap(({ lines }) => lines);
    return {
      refusals: Number(/errorstat_READONLY:count=(\d+)/.exec(stats)?.[1] ?? 0),
      warnings: logged.filter((line) => /"level":"(warn|error)"/.test(line)).length,
    };
  };

  test('makes both services not ready, without a flood, and all goes on once it is the primary again', async () => {
    // The first of these ends meanwhile, and its worker then wants the next.
    for (let i = 0; i < 3; i += 1) await post();
    const other = await RedisServer.start();
    await pair.redis.command('REPLICAOF', '127.0.0.1', String(other.port));
    await allBecome(503);
    expect((await post()).status).toBe(503);
    await healed(async () => expect(await redisUp()).toBe('0'));
    await healed(async () => {
      const { status, body } = await pair.call('GET', '/health');
      expect([status, body]).toMatchObject([
        503,
        { checks: { redis: { status: 'unhealthy', reason: 'takes no writes' } } },
      ]);
    });
    await pair.redis.command('REPLICAOF', 'NO', 'ONE');
    await other.remove();
    await allBecome(200);
    await healed(async () => expect(await redisUp()).toBe('1'));
    await completes();
    const { refusals, warnings } = await noise();
    expect(refusals).toBeLessThan(2_000);
    expect(warnings).toBeLessThan(300);
  });

  test('is left for the new one, to which the address leads by then; a job that runs goes on', async () => {
    const replica = await pair.addReplica();
    const { id } = await pair.submit(note());
    await healed(async () =>
      expect((await pair.call('GET', `/v1/jobs/${id}`)).body).toMatchObject({ status: 'running' }),
    );
    await pair.failOverTo(replica);
    await healed(async () => expect((await post()).status).toBe(202));
    expect(await pair.ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
    await completes();
    await allBecome(200);
  });
});
