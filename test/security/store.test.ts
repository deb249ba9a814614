import { Redis } from 'ioredis';
import { routes } from '../../services/api/src/routes';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(60_000);
let pair: Pair;
let ann: MadeKey;
let redis: Redis;
beforeAll(async () => {
  pair = await Pair.start({ workers: 0, settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1 } });
  ann = await makeKey(pair, 'ann');
  redis = new Redis(pair.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await pair.close();
});

test('row 41: a fault of ours is a 500 with the id of its request, and with nothing of where or why', async () => {
  const id = '01993f5e-7c1a-7b7e-9d54-0d8a6a3c2f11';
  await redis.set(`{flashcards}:job:${id}`, 'no record at all');
  const headers = { ...bearer(ann), 'X-Request-Id': 'broken-1' };
  const { status, text } = await pair.call('GET', `/v1/jobs/${id}`, undefined, headers);
  expect(status).toBe(500);
  expect(JSON.parse(text)).toEqual({
    type: '/docs/errors#internal',
    title: 'Internal error',
    status: 500,
    detail: 'Internal error. It was logged under this request id.',
    code: 'internal',
    request_id: 'broken-1',
  });
  // What it was is in the log, under the same id.
  expect(pair.apis[0]?.events('request.failed')).toMatchObject([{ request_id: 'broken-1', error_name: 'ReplyError' }]);
});

/** Everything that could be more than an id to Redis or to a script. Each carries a mark. */
const MARK = 'markxyz';
const IDS = [
  `${MARK}*`, `${MARK}?`, `{${MARK}}`, `${MARK}:text`, `${MARK}\r\nFLUSHALL\r\n`, `${MARK}"]]--`, `${MARK}\0tail`, `../${MARK}`,
  `${MARK.toUpperCase()}ID`, `${MARK}${'x'.repeat(64)}`, `${MARK} x`, `字${MARK}`, MARK.slice(0, 7),
]; // prettier-ignore
const withId = routes({ maxTextChars: 10_000, maxCards: 50, models: ['m'] }).filter(({ path }) =>
  path.includes('{id}'),
);

test.each(withId.map(({ method, path }) => [method.toUpperCase(), path]))(
  'row 65: what is no id of a job never reaches Redis: %s %s',
  async (method, path) => {
    const second = redis.duplicate();
    const monitor = await second.monitor();
    const commands: string[] = [];
    monitor.on('monitor', (_time: string, args: string[]) => commands.push(JSON.stringify(args)));
    // A tenant of its own: refusals are counted by tenant.
    const holder = await makeKey(
      pair,
      `ids-${withId.findIndex((row) => row.path === path && row.method.toUpperCase() === method)}`,
    );
    try {
      for (const id of IDS) {
        const url = path.replace('{id}', encodeURIComponent(id)).replace(/\{\w+\}/g, 'c_7f00000000000');
        const body = method === 'PATCH' ? { review: 'accepted' } : undefined;
        expect((await pair.call(method, url, body, bearer(holder))).status).toBe(404);
      }
      // The control: what is an id does reach it, and would have been seen.
      const known = `${MARK}-is-an-id`;
      await pair.call('GET', `/v1/jobs/${known}`, undefined, bearer(holder));
      await redis.ping();
      expect(commands.filter((command) => command.includes(known)).length).toBeGreaterThan(0);
      expect(commands.filter((command) => command.toLowerCase().includes(MARK) && !command.includes(known))).toEqual(
        [],
      );
    } finally {
      [monitor, second].forEach((one) => one.disconnect());
    }
  },
);
