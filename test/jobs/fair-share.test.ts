import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Line } from '../harness/redis/line';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

const JOB_MS = 1_000;
let pair: Pair;
let line: Line;
beforeAll(async () => {
  pair = await Pair.start({
    settings: { MODEL: `standin/canned-${JOB_MS}ms`, WORKER_CONCURRENCY: 1, MAX_WAITING_JOBS: 100_000 },
  });
  line = new Line(pair.redis.url);
}, 30_000);
afterAll(async () => {
  line.close();
  await pair.close();
});

test('the time until a job ends is estimated from the times that jobs took, and comes true', async () => {
  await pair.finished({ text: `${ENGLISH} One to learn the time from.` });
  const start = Date.now();
  const jobs: Job[] = [];
  for (let i = 0; i < 5; i += 1) jobs.push(await pair.submit({ text: `${ENGLISH} Number ${i} in the line.` }));
  const last = await pair.call('GET', `/v1/jobs/${jobs[4]?.id}`);
  const { position, eta_seconds } = (last.body as Job).queue;
  expect([position, last.headers.get('retry-after')]).toEqual([4, String(eta_seconds)]);
  expect((await pair.call('GET', '/v1/queue')).body).toMatchObject({ eta_seconds: expect.any(Number) });
  await pair.ended(jobs[4]?.id as string);
  const took = (Date.now() - start) / 1_000;
  expect(Math.abs(eta_seconds - took)).toBeLessThanOrEqual(2);
}, 30_000);

test('10,000 waiting jobs of a tenant delay the first of another by one job’s time and a second at most, again and again', async () => {
  await line.submitMany(10_000, 'crowd', 'interactive');
  await eventually(async () => expect(await line.store.queue()).toMatchObject({ running: 1 }));
  for (let i = 0; i < 4; i += 1) {
    const start = Date.now();
    const id = await line.submit(`other${i}`, { priority: 'bulk' });
    await line.submit('crowd', { priority: 'interactive' });
    const startedAt = await eventually(async () => {
      const found = await line.store.read(id, `other${i}`);
      const started = typeof found === 'string' ? undefined : found.fields.get('started');
      expect(started).toBeDefined();
      return Number(started);
    });
    expect(startedAt - start).toBeLessThanOrEqual(JOB_MS + 1_000);
  }
}, 60_000);
