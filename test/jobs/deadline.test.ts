import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Line } from '../harness/redis/line';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

let pair: Pair;
let line: Line;
beforeAll(async () => {
  pair = await Pair.start({ settings: { MODEL: 'standin/canned-6000ms', WORKER_CONCURRENCY: 2 } });
  line = new Line(pair.redis.url);
}, 30_000);
afterAll(async () => {
  line.close();
  await pair.close();
});

const text = (name: string): string => `${ENGLISH} This is the deadline of ${name}.`;
const job = async (id: string): Promise<Job> => (await pair.call('GET', `/v1/jobs/${id}`)).body as Job;
const TOO_LATE = { status: 'failed', error: { code: 'deadline_exceeded', retryable: true } };

describe('a deadline', () => {
  test('of a job that shares a call is its own, sooner or later than that of the job that makes it', async () => {
    const hurried = await pair.submit({ text: text('one call'), deadline_seconds: 4 });
    const patient = await pair.submit({ text: text('one call') });
    const impatient = await pair.submit({ text: text('one call'), deadline_seconds: 1 });
    expect([patient.cache, impatient.cache]).toEqual(['collapsed', 'collapsed']);
    const [first, second] = [await pair.ended(impatient.id), await pair.ended(hurried.id)];
    expect([first, second]).toMatchObject([TOO_LATE, TOO_LATE]);
    expect(Date.parse(first.finished_at as string)).toBeLessThan(Date.parse(second.finished_at as string));
    expect(await pair.ended(patient.id)).toMatchObject({ status: 'completed', attempts: 1 });
  }, 30_000);

  test('of a waiting job holds, also behind many others, and its end has a line in the log', async () => {
    await line.submitMany(2_500, 'open', 'interactive');
    const { id } = await pair.submit({ text: text('a long line'), deadline_seconds: 1, priority: 'bulk' });
    expect(await pair.ended(id)).toMatchObject({ ...TOO_LATE, attempts: 0 });
    await eventually(() => {
      const lines = pair.workers.flatMap((worker) => worker.events('job.failed'));
      expect(lines.find((fields) => fields['job_id'] === id)).toMatchObject({ ended_by: 'sweep', code: 'deadline_exceeded' }); // prettier-ignore
    });
    await line.redis.flushall();
  }, 30_000);

  test('of a job whose worker is gone holds once there is a worker again', async () => {
    const { id } = await eventually(() => pair.submit({ text: text('no worker'), deadline_seconds: 8 }));
    await eventually(async () => expect((await job(id)).status).toBe('running'), 20_000);
    await pair.workers[0]?.stop('SIGKILL');
    await pair.addWorker();
    expect(await pair.ended(id)).toMatchObject(TOO_LATE);
  }, 40_000);
});
