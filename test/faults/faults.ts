import { setTimeout as sleep } from 'node:timers/promises';
import type { Ends, Sight } from './checker/history';
import type { Plan, Scene } from './scene';

export interface Fault {
  readonly name: string;
  /** Settings and shape of its scene. */
  readonly plan?: Partial<Plan>;
  /** Submits, does the harm and heals it. */
  readonly run: (scene: Scene) => Promise<void>;
  /** Seconds after it that may pass without the end of a job; what is open then is lost. */
  readonly seconds: number;
  /** What is taken away in its control, and which rule must then be broken. */
  readonly control: { readonly sabotage?: string; readonly plan?: Partial<Plan>; readonly breaks: string };
  /** How jobs may end; as `completed` where nothing is said. */
  readonly ends?: Ends;
  /** In the short part that runs with every test. */
  readonly short?: true;
}

const completed: Ends = ({ status }) => status === 'completed';
const orFailed =
  (...codes: string[]): Ends =>
  (sight: Sight) =>
    sight.status === 'completed' || (sight.status === 'failed' && codes.includes(sight.code ?? ''));
export const endsOf = ({ ends = completed }: Fault): Ends => ends;

const RECOVERS = 40;
const half = ({ plan }: Scene): number => Math.floor(plan.jobs / 2);

/** Submits while `harm` is done in the middle. */
const during =
  (harm: (scene: Scene) => Promise<void>) =>
  async (scene: Scene): Promise<void> => {
    await scene.submitAll(half(scene));
    // Longer than any harm; a control that never heals need not be waited for.
    const seconds = scene.plan.sabotage ? 15 : 200;
    await Promise.all([scene.submitAll(scene.plan.jobs - half(scene), seconds), harm(scene)]);
  };

const redisDown = (seconds: number) =>
  during(async ({ pair, plan }) => {
    await pair.redis.stop();
    // A control loses what it loses at once.
    await sleep((plan.appendonly === 'no' ? 1 : seconds) * 1_000);
    await pair.redis.start();
  });

/** Few at once: the stand-in makes its cards one after the other. */
const model = (scenario: string): Partial<Plan> => ({
  settings: {
    MODEL: `sim/${scenario}`,
    WORKER_CONCURRENCY: 10,
    ...(scenario.startsWith('hang') ? { MODEL_TIMEOUT_SECONDS: 5 } : {}),
  },
});
const submitAll = (scene: Scene): Promise<void> => scene.submitAll();
const hooked = (path: string): Partial<Plan> => ({
  hookOf: (i) => (i % 4 === 0 ? path : i % 4 === 1 ? '/hook' : null),
});
const SHORT_LIVED = { settings: { WEBHOOK_DISABLE_SECONDS: 600 } };

export const FAULTS: readonly Fault[] = [
  {
    name: 'a worker is killed',
    short: true,
    run: async (scene) => {
      await scene.submitAll();
      await scene.calls(half(scene));
      await scene.pair.workers[0]?.stop('SIGKILL');
    },
    seconds: RECOVERS,
    control: { sabotage: 'no_recovery', breaks: 'ended' },
  },
  {
    name: 'all workers are killed',
    run: async (scene) => {
      await scene.submitAll();
      await scene.calls(half(scene));
      await Promise.all(scene.pair.workers.map((worker) => worker.stop('SIGKILL')));
      await scene.replace('worker');
    },
    seconds: RECOVERS,
    control: { sabotage: 'no_recovery', breaks: 'ended' },
  },
  {
    name: 'a worker is frozen past its lock, and wakes',
    plan: { settings: { MODEL: 'standin/extractive-2000ms' } },
    run: async (scene) => {
      await scene.submitAll();
      const [frozen] = scene.pair.workers;
      frozen?.signal('SIGSTOP');
      await scene.followAll(RECOVERS);
      frozen?.signal('SIGCONT');
      await sleep(3_000);
    },
    seconds: 5,
    control: { sabotage: 'no_fence', breaks: 'once' },
  },
  {
    name: 'the clock of a worker is ten minutes ahead',
    plan: { workers: 1 },
    run: async (scene) => {
      await scene.replace('worker', { CLOCK_WRONG_BY_SECONDS: 600 });
      await scene.submitAll();
    },
    seconds: RECOVERS,
    control: { sabotage: 'own_clock', breaks: 'outcome' },
  },
  {
    name: 'the heap of a worker is exhausted',
    plan: { heapMegabytes: 96, moreText: (i) => (i === 40 ? ' POISON_HEAP' : '') },
    run: async (scene) => {
      await scene.submitAll();
      await sleep(2_000);
      await scene.replace('worker');
    },
    seconds: 90,
    ends: (sight, { name }) => (name === 'N0040x' ? sight.code === 'worker_crashed' : sight.status === 'completed'),
    control: { sabotage: 'no_recovery', breaks: 'ended' },
  },
  {
    name: 'the API is killed between the reply of Redis and its own',
    short: true,
    plan: { apis: 0 },
    run: async (scene) => {
      const dies = await scene.replace('api', { KILL_AFTER_SUBMITS: half(scene) });
      const replaced = dies.gone().then(() => scene.replace('api'));
      await Promise.all([scene.submitAll(), replaced]);
    },
    seconds: 20,
    // A submit without a key may have made a job that nobody knows: none, so that a second job of a key shows.
    control: { sabotage: 'no_idempotency', plan: { allKeyed: true }, breaks: 'known' },
  },
  ...([1, 30, 120] as const).map((seconds): Fault => ({
    name: `Redis is killed and back after ${seconds} s`,
    ...(seconds === 1 ? { short: true as const } : {}),
    run: redisDown(seconds),
    seconds: RECOVERS + 10,
    control: { plan: { appendonly: 'no' }, breaks: 'ended' },
  })),
  {
    name: 'Redis is frozen for 10 s',
    run: during(async ({ pair }) => {
      pair.redis.signal('SIGSTOP');
      await sleep(10_000);
      pair.redis.signal('SIGCONT');
    }),
    seconds: RECOVERS,
    control: { sabotage: 'no_idempotency', plan: { allKeyed: true }, breaks: 'known' },
  },
  {
    name: 'all connections to Redis are killed',
    short: true,
    run: during(async ({ pair }) => {
      for (let i = 0; i < 3; i += 1) {
        for (const kind of ['normal', 'pubsub'])
          await pair.redis.command('CLIENT', 'KILL', 'TYPE', kind, 'SKIPME', 'yes');
        await sleep(300);
      }
    }),
    seconds: RECOVERS,
    control: { sabotage: 'no_reconnect', breaks: 'ended' },
  },
  {
    name: 'open connections to Redis go dead without a word',
    plan: { proxied: true },
    run: during(({ pair }) => Promise.resolve(pair.proxy.blackHole())),
    seconds: RECOVERS,
    control: { sabotage: 'no_replacement', breaks: 'served' },
  },
  {
    name: 'Redis hands its role to a replica, and connections stay',
    plan: { proxied: true },
    run: async (scene) => {
      const replica = await scene.pair.addReplica();
      await during(({ pair }) => pair.failOverTo(replica))(scene);
    },
    seconds: RECOVERS,
    control: { sabotage: 'no_replacement', breaks: 'served' },
  },
  {
    name: 'Redis is missing when all others start',
    plan: { apis: 0, workers: 0 },
    run: async (scene) => {
      await scene.pair.redis.stop();
      await scene.replace('api');
      const worker = scene.replace('worker').catch(() => undefined); // in the control it never comes
      const submitting = scene.submitAll(scene.plan.jobs, 15);
      await sleep(4_000);
      await scene.pair.redis.start();
      await submitting;
      await Promise.race([worker, sleep(5_000)]);
    },
    seconds: 20,
    control: { sabotage: 'no_reconnect', breaks: 'served' },
  },
  ...(
    [
      ['the model answers 429 in a storm', 'storm_429;seconds=5;retry_after=1', 60, 'no_retry', 'outcome'],
      ['the model answers 5xx', '503;times=25', 60, 'no_retry', 'outcome'],
      ['the model hangs before its headers', 'hang_before_headers;times=40', 60, 'no_retry', 'outcome'],
      ['the model drips', 'drip;n=1000;ms=40', 60, 'mixed_up', 'result'],
      ['the model cuts its stream', 'cut_stream;times=60', 60, 'mixed_up', 'result'],
      ['the model answers broken JSON', 'broken;times=60', 60, 'mixed_up', 'result'],
      ['the model stops at its length', 'length;times=60', 60, 'mixed_up', 'result'],
    ] as const
  ).map(([name, scenario, seconds, sabotage, breaks]): Fault => ({
    name,
    plan: model(scenario),
    run: submitAll,
    seconds,
    ends: orFailed('model_output_invalid'),
    control: { sabotage, breaks },
    ...(name.includes('5xx') ? { short: true as const } : {}),
  })),
  {
    name: 'a receiver of webhooks is down',
    short: true,
    plan: hooked('/hook-down'),
    run: async (scene) => {
      scene.receiver.on('/hook-down', (_request, response, times) =>
        times <= half(scene) ? void response.destroy() : void response.writeHead(204).end(),
      );
      await scene.submitAll();
    },
    seconds: 30,
    control: { sabotage: 'no_outbox', breaks: 'delivered' },
  },
  {
    name: 'a receiver of webhooks is slow',
    plan: hooked('/hook-slow'),
    run: async (scene) => {
      scene.receiver.on('/hook-slow', (_request, response, times) => {
        setTimeout(() => response.writeHead(204).end(), times <= 20 ? 1_500 : 0);
      });
      await scene.submitAll();
    },
    seconds: 40,
    control: { sabotage: 'no_outbox', breaks: 'delivered' },
  },
  {
    name: 'a receiver of webhooks sends on to loopback',
    plan: { ...SHORT_LIVED, ...hooked('/hook-redirect') },
    run: async (scene) => {
      scene.receiver.on('/hook-redirect', (_request, response) => {
        response.writeHead(307, { Location: scene.receiver.url('/canary') }).end();
      });
      await scene.submitAll();
    },
    seconds: 30,
    control: { sabotage: 'follows_redirects', breaks: 'canary' },
  },
  {
    name: 'a receiver of webhooks answers 410',
    plan: { ...SHORT_LIVED, hookOf: (i) => (i % 4 === 0 ? `/hook-gone-${i}` : i % 4 === 1 ? '/hook' : null) },
    run: async (scene) => {
      for (let i = 0; i < scene.plan.jobs; i += 4) scene.receiver.answers(`/hook-gone-${i}`, 410);
      await scene.submitAll();
    },
    seconds: 30,
    control: { sabotage: 'no_outbox', breaks: 'delivered' },
  },
  {
    name: 'a poison job is among long ones in the same process',
    plan: {
      workers: 1,
      settings: { MODEL: 'standin/extractive-5000ms' },
      moreText: (i) => (i === 50 ? ' POISON_EXIT' : ''),
    },
    run: async (scene) => {
      await scene.submitAll();
      await sleep(1_000);
      await scene.replace('worker');
      await scene.replace('worker');
    },
    seconds: 100,
    ends: (sight, { name }) => (name === 'N0050x' ? sight.code === 'worker_crashed' : sight.status === 'completed'),
    control: { sabotage: 'no_quarantine', breaks: 'ended' },
  },
  {
    name: 'jobs are erased while they run',
    short: true,
    run: async (scene) => {
      await scene.submitAll();
      await scene.calls(half(scene));
      // A quarter: an address may get 404 only so many times in a minute, and each is read twice after it.
      await scene.erase(scene.accepted().filter((_id, i) => i % 4 === 0));
    },
    seconds: 20,
    control: { sabotage: 'no_erasure', breaks: 'erased' },
  },
];
