import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(90_000);
let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ apis: 2 });
});
afterAll(() => pair.close());

const make = (mark: string): Promise<Job> =>
  pair.finished({ text: `The ${mark} beetle is an insect that lives in the tunnels of old wood.` });
const erase = async ({ id }: Job) => expect((await pair.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);
const rewrites = async (): Promise<number> =>
  Number(/^aof_rewrites:(\d+)/m.exec(String(await pair.redis.command('INFO', 'persistence')))?.[1]);

test('what was erased leaves the append-only file within seconds, and many erasures make few rewrites', async () => {
  const job = await make('Zyxomarkus');
  expect(pair.redis.dump()).toContain('Zyxomarkus'); // as long as nobody asks, Redis keeps it there
  await erase(job);
  await eventually(() => expect(pair.redis.dump()).not.toContain('Zyxomarkus'), 40_000);
  await eventually(() => expect(pair.apis.flatMap((api) => api.events('append_only.rewritten'))).toHaveLength(1));

  for (const other of await Promise.all(Array.from({ length: 20 }, (_none, i) => make(`Bobmarkus${i}`))))
    await erase(other);
  expect(await pair.redis.command('HEXISTS', '{flashcards}:rewrite-owed', 'last')).toBe(1);
  expect(await rewrites()).toBe(1);
  // Both replicas wait for the same moment, and then one of them asks.
  expect(Number(await pair.redis.command('PTTL', '{flashcards}:rewrite-held'))).toBeGreaterThan(60_000);
  await pair.redis.command('DEL', '{flashcards}:rewrite-held');
  await eventually(() => expect(pair.redis.dump()).not.toContain('Bobmarkus'), 40_000);
  await eventually(async () => expect(await pair.redis.command('EXISTS', '{flashcards}:rewrite-owed')).toBe(0));
  expect(await rewrites()).toBe(2);
});
