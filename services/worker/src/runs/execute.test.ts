import { RateLimitError, WaitingError } from 'bullmq';
import { Retry } from './backoff';
import { type QueueAnswer, type Work, createExecutor } from './execute';
import { Running, type Stopped } from './running';

type Steps = Work<object, string, string, string>;

/** A queue whose steps do nothing, but for those that are given. */
function queueOf(steps: Partial<Steps> = {}) {
  const done: string[] = [];
  const lines: [string, object | undefined][] = [];
  const log = (event: string, fields?: object): void => void lines.push([event, fields]);
  const logger = { debug: log, info: log, warn: log, error: log, flush: () => undefined };
  const running = new Running<string>();
  const step = <T>(name: string, value: T): T => {
    done.push(name);
    return value;
  };
  const work: Steps = {
    name: 'job',
    idOf: () => 'job-1',
    take: () => Promise.resolve(step('take', 'taken')),
    run: () => Promise.resolve(step('run', 'outcome')),
    record: () => Promise.resolve(step('record', 'recorded')),
    report: () => step('report', undefined),
    freed: () => step('freed', undefined),
    answer: (): QueueAnswer => step('answer', { kind: 'forget' }),
    ...steps,
  };
  const handedBack: (string | undefined)[] = [];
  const moveToWait = (token?: string): Promise<number> => Promise.resolve(handedBack.push(token));
  const execute = createExecutor(work, { running, logger });
  const thrown = execute({ id: 'queue-1', data: {}, moveToWait }, 'token').then(
    () => null,
    (error: unknown) => error,
  );
  return { done, lines, running, handedBack, thrown };
}

test('a job goes through each step once, in order, and its slot is free whatever happens', async () => {
  const queue = queueOf();
  expect(await queue.thrown).toBeNull();
  expect(queue.done).toEqual(['take', 'run', 'record', 'report', 'answer', 'freed']);
  const broken = queueOf({ record: () => Promise.reject(new Error('no')) });
  expect(await broken.thrown).toBeInstanceOf(Retry);
  expect(broken.done).toEqual(['take', 'run', 'freed']);
  expect(broken.running.size).toBe(0);
});

test('a job that is not there any more is forgotten, and nothing is counted', async () => {
  const queue = queueOf({ take: () => Promise.resolve(null) });
  expect(await queue.thrown).toBeNull();
  expect(queue.done).toEqual(['freed']);
});

test.each<[QueueAnswer, object | null, number]>([
  [{ kind: 'forget' }, null, 0],
  [{ kind: 'retry', reason: 'http_503', delayMs: 7_000 }, { message: 'http_503', delayMs: 7_000 }, 0],
  [{ kind: 'paused' }, new RateLimitError(), 0],
  [{ kind: 'hand_back' }, new WaitingError(), 1],
])('the queue gets the answer %j as what it knows', async (answer, signal, handedBack) => {
  const queue = queueOf({ answer: () => answer });
  const thrown = await queue.thrown;
  if (signal === null) expect(thrown).toBeNull();
  else expect(thrown).toMatchObject(signal);
  expect(queue.handedBack).toEqual(Array.from({ length: handedBack }, () => 'token'));
  expect(queue.lines).toEqual([]);
});

test.each(['take', 'run', 'record', 'answer'] as const)(
  'a fault of ours in %s is logged, and the queue keeps one word of it',
  async (name) => {
    const queue = queueOf({ [name]: () => Promise.reject(new TypeError('a secret text')) });
    expect(await queue.thrown).toMatchObject({ message: 'internal', delayMs: null });
    expect(queue.lines).toEqual([
      ['job.broke', expect.objectContaining({ job_id: 'job-1', error_name: 'TypeError' }) as object],
    ]);
  },
);

test('Redis that is away is no fault of the job: the queue brings it back, and no error is logged', async () => {
  const queue = queueOf({ record: () => Promise.reject(new Error('Connection is closed.')) });
  expect(await queue.thrown).toMatchObject({ message: 'redis_away' });
  expect(queue.lines).toEqual([]);
});

test('work can be stopped while it runs, by its own id, and only then', async () => {
  const running = new Running<string>();
  const stopped = running.hold('a', 'taken', async (_taken, stop) => {
    running.stop('b', 'lost');
    expect(stop.signal.aborted).toBe(false);
    running.stop('a', 'lost');
    return stop.signal.reason as Stopped;
  });
  expect((await stopped).why).toBe('lost');
  running.stop('a', 'lost');
  expect(running.size).toBe(0);
});

test('a job that came back to the process that lost it stays there when the lost run ends', async () => {
  const running = new Running<number>();
  let endFirst = (): void => undefined;
  const first = running.hold('a', 1, () => new Promise<void>((resolve) => (endFirst = resolve)));
  const second = running.hold(
    'a',
    2,
    (_taken, { signal }) =>
      new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason))),
  );
  endFirst();
  await first;
  expect(running.size).toBe(1);
  running.stopAll('drain');
  expect(await second).toMatchObject({ why: 'drain' });
});

test('a job that was being taken as the process began to stop is stopped too', async () => {
  const running = new Running<string>();
  running.stopAll('drain');
  expect(
    await running.hold('a', 'taken', (_taken, { signal }) => Promise.resolve<unknown>(signal.reason)),
  ).toMatchObject({
    why: 'drain',
  });
});

test('what the record gives to another worker is stopped as canceled, and nothing else', async () => {
  const running = new Running<string>();
  const work = (_taken: string, { signal }: AbortController): Promise<unknown> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));
  const [kept, gone] = [running.hold('a', 'kept', work), running.hold('b', 'gone', work)];
  await running.verify((taken) => Promise.resolve(taken === 'kept'));
  expect(await gone).toMatchObject({ why: 'canceled' });
  running.stop('a', 'deadline');
  expect(await kept).toMatchObject({ why: 'deadline' });
});
