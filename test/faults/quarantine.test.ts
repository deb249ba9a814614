import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';

const POISON = {
  NODE_OPTIONS: `--require=${join(__dirname, '../harness/preload/poison.cjs')} --max-old-space-size=96`,
};
const text = (name: string | number): string => `${ENGLISH} This is the text of job ${name}.`;

let pair: Pair;
beforeEach(async () => {
  pair = await Pair.start({ workers: 0, settings: { MODEL: 'standin/extractive-3000ms', ...POISON } });
}, 30_000);
afterEach(() => pair.close());

const CRASHED = { status: 'failed', error: { code: 'worker_crashed', retryable: true }, attempts: 1 };
const endedOf = (jobs: Job[], seconds: number) => Promise.all(jobs.map(({ id }) => pair.ended(id, seconds)));
const lines = (event: string) => pair.workers.flatMap((worker) => worker.events(event));

test.each(['POISON_EXIT', 'POISON_HEAP'])(
  'a job with %s among 99 others fails as worker_crashed, and the 99 complete, in a worker that goes on',
  async (poison) => {
    await pair.addWorker();
    const others = await Promise.all(Array.from({ length: 99 }, (_none, i) => pair.submit({ text: text(i) })));
    await eventually(async () => expect((await pair.ledger()).totals.calls).toBeGreaterThanOrEqual(99));
    const bad = await pair.submit({ text: text(poison) });
    await eventually(() => expect(pair.workers[0]?.running()).toBe(false));
    const survivor = await pair.addWorker();
    expect(await pair.ended(bad.id, 60)).toMatchObject(CRASHED);
    const ended = await endedOf(others, 60);
    expect(ended.map(({ status, attempts }) => [status, attempts])).toEqual(others.map(() => ['completed', 1]));
    expect(survivor.running()).toBe(true);
    const counted = lines('job.crashed').filter((line) => line['job_id'] === bad.id && line['alone'] === true);
    expect(counted).toHaveLength(2); // the third ends it
    const completed = lines('job.completed').map((line) => line['job_id']);
    expect(completed.length).toBe(new Set(completed).size);
  },
  120_000,
);

test('a job that blocks its process is stopped at its deadline, and the worker goes on', async () => {
  const worker = await pair.addWorker();
  const bad = await pair.submit({ text: text('POISON_LOOP'), deadline_seconds: 25 });
  await eventually(async () => expect((await pair.ended(bad.id, 0)).status).toBe('running'));
  const next = await pair.addWorker();
  await worker.stop('SIGKILL');
  expect(await pair.ended(bad.id, 60)).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded' } });
  expect(next.running()).toBe(true);
  await eventually(() => expect(next.children()).toEqual([]));
  expect(await pair.finished({ text: text('after') })).toMatchObject({ status: 'completed' });
}, 90_000);

test('a job that blocks its worker costs the others there no more than a lock: they complete elsewhere, and it has crashed', async () => {
  const worker = await pair.addWorker();
  const others = await Promise.all(Array.from({ length: 5 }, (_none, i) => pair.submit({ text: text(i) })));
  const bad = await pair.submit({ text: text('POISON_LOOP') });
  await eventually(async () => expect((await pair.ended(bad.id, 0)).status).toBe('running'));
  await pair.addWorker();
  await worker.gone();
  expect(worker.events('loop.stuck')).toMatchObject([{ level: 'error', service: 'worker', limit_ms: 12_000 }]);
  expect(await worker.stop()).toBe('SIGALRM');
  await eventually(async () => {
    const ended = await endedOf(others, 60);
    expect(ended.map(({ status, attempts }) => [status, attempts])).toEqual(others.map(() => ['completed', 1]));
  }, 180_000);
  await eventually(() => expect(lines('job.crashed')).toContainEqual(expect.objectContaining({ job_id: bad.id, exit: 'SIGALRM' }))); // prettier-ignore
}, 300_000);

test('an isolated process whose job blocks it ends when its worker is killed', async () => {
  const first = await pair.addWorker();
  const bad = await pair.submit({ text: text('POISON_LOOP') });
  await eventually(async () => expect((await pair.ended(bad.id, 0)).status).toBe('running'));
  const worker = await pair.addWorker();
  await first.stop('SIGKILL');
  const isolated = await eventually(() => {
    const pid = worker.children()[0] ?? 0;
    expect(titleOf(pid)).toBe('POISON_LOOP');
    return pid;
  }, 60_000);
  try {
    await worker.stop('SIGKILL');
    await eventually(() => expect(titleOf(isolated)).toBe(''));
  } finally {
    if (titleOf(isolated)) process.kill(isolated, 'SIGKILL');
  }
}, 90_000);

/** What a process calls itself; nothing when it has ended. */
function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0.*/s, '');
  } catch {
    return '';
  }
}

test('a job that its worker could not end because Redis was away has crashed nothing', async () => {
  const worker = await pair.addWorker();
  const job = await pair.submit({ text: text('redis away') });
  await eventually(async () => expect((await pair.ended(job.id, 0)).status).toBe('running'));
  await pair.redis.stop();
  await new Promise((resolve) => setTimeout(resolve, 15_000)); // longer than the lock
  await pair.redis.start();
  const ended = await eventually(() => pair.ended(job.id, 60).then((one) => (expect(one.status).toBe('completed'), one)), 60_000); // prettier-ignore
  expect(ended.attempts).toBe(1);
  await eventually(() => expect(worker.events('job.completed')).toMatchObject([{ job_id: job.id, crashes: 0 }]));
  expect(worker.events('job.crashed')).toEqual([]);
}, 120_000);
