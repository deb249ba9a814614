import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/pair';
import { freePort } from '../harness/redis-server';
import { Stack, type Target } from './stack';

jest.setTimeout(240_000);

const DASHBOARDS = join(__dirname, '../../monitoring/grafana/dashboards');
const WORDS =
  'cell membrane energy light water carbon oxygen leaf sugar plant root stem glucose enzyme protein '.repeat(4);
const SUBMIT_EVERY_MILLISECONDS = 80;
/** Alerts and their ends may take this long: the longest wait in the rules is a minute, made of half an hour. */
const LONG_MILLISECONDS = 180_000;

let pair: Pair;
let stack: Stack;
let workerPorts: number[];
let load: NodeJS.Timeout;
let count = 0;

const address = (url: string): string => url.replace('http://', '');
const targets = (): Target[] => [
  ...pair.apis.map(({ opsUrl }) => ({ job: 'api', address: address(opsUrl) })),
  ...workerPorts.map((port) => ({ job: 'worker', address: `127.0.0.1:${port}` })),
];

function startWorkers(): Promise<unknown> {
  return Promise.all(workerPorts.map((port) => pair.addWorker({ OPS_PORT: port })));
}

/** Every call from now on meets these scenarios, by their share. */
async function upstream(mix: Record<string, number>): Promise<void> {
  const answer = await fetch(`${pair.standin.controlUrl}/config`, { method: 'PUT', body: JSON.stringify({ mix }) });
  expect(answer.status).toBe(200);
}

const textfile = (backupAgeSeconds: number, certificateDays: number): string =>
  [
    `flashcards_backup_last_success_timestamp_seconds ${Date.now() / 1_000 - backupAgeSeconds}`,
    `flashcards_certificate_not_after_timestamp_seconds ${Date.now() / 1_000 + certificateDays * 86_400}`,
    '',
  ].join('\n');

beforeAll(async () => {
  workerPorts = [await freePort(), await freePort()];
  pair = await Pair.start({
    apis: 2,
    workers: 0,
    settings: {
      MODEL: 'standin/canned',
      OPENROUTER_PRIVACY: 'false',
      WORKER_CONCURRENCY: 20,
      FAILED_TEXT_SECONDS: 60,
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    },
  });
  await startWorkers();
  stack = await Stack.start(targets());
  stack.textfile = textfile(60, 60);
  load = setInterval(() => {
    count += 1;
    const { url = '' } = pair.apis[count % 2] ?? {};
    const body = {
      text: `Note ${count}. ${WORDS}`,
      ...(count % 10 === 0 ? { webhook: { url: `${stack.hook}204` } } : {}),
    };
    void pair.call('POST', '/v1/jobs', body, {}, url).catch(() => undefined);
    if (count % 20 === 0) void pair.call('GET', '/v1/queue', undefined, {}, url).catch(() => undefined);
  }, SUBMIT_EVERY_MILLISECONDS);
});

afterAll(async () => {
  clearInterval(load);
  await stack?.close();
  await pair?.close();
});

const quiet = () => eventually(async () => expect(await stack.firing()).toEqual(['Watchdog']), LONG_MILLISECONDS);

test('under load and without a fault nothing fires but the watchdog, and that arrives', async () => {
  await eventually(async () => {
    const [done] = await stack.query('sum(flashcards_job_runs_total{outcome="completed"})');
    expect(Number(done?.value[1])).toBeGreaterThan(300);
  }, 60_000);
  await eventually(() =>
    expect(stack.told).toContainEqual({ receiver: 'watchdog', status: 'firing', alert: 'Watchdog' }),
  );
  expect(await stack.firing()).toEqual(['Watchdog']);
  expect(stack.told.filter(({ alert }) => alert !== 'Watchdog')).toEqual([]);
});

/** What goes wrong, what mends it, who is told of what, and what may fire beside it because it follows from the fault. */
interface Fault {
  readonly name: string;
  readonly breaks: () => unknown;
  readonly mends: () => unknown;
  readonly receiver: 'pager' | 'tickets';
  readonly alert: string;
  readonly follows?: readonly RegExp[];
}

const BURNS = /Burn(Fast|Medium|Slow)$/;

const FAULTS: readonly Fault[] = [
  {
    name: 'Redis is gone',
    breaks: () => pair.redis.stop(),
    mends: () => pair.redis.start(),
    receiver: 'pager',
    alert: 'RedisDown',
    follows: [/^HighErrorRate$/, /^QueueStuck$/, /^StallRate$/, /^NoWorkers$/, BURNS],
  },
  {
    name: 'Redis is nearly full',
    breaks: () => redis(async (admin) => admin.config('SET', 'maxmemory', String(Math.ceil((await used(admin)) * 1.2)))),
    mends: () => redis((admin) => admin.config('SET', 'maxmemory', '0')),
    receiver: 'pager',
    alert: 'RedisMemoryHigh',
  },
  {
    name: 'all workers are killed',
    breaks: () => Promise.all(pair.workers.splice(0).map((worker) => worker.stop('SIGKILL'))),
    mends: startWorkers,
    receiver: 'pager',
    alert: 'NoWorkers',
    follows: [/^TargetDown$/, /^QueueStuck$/, /^StallRate$/, BURNS],
  },
  {
    name: 'the model hangs',
    breaks: () => upstream({ hang_before_headers: 1 }),
    mends: async () => {
      await upstream({});
      await Promise.all(pair.workers.splice(0).map((worker) => worker.stop('SIGKILL')));
      await startWorkers();
    },
    receiver: 'pager',
    alert: 'QueueStuck',
    follows: [/^TargetDown$/, /^NoWorkers$/, /^StallRate$/, BURNS],
  },
  {
    name: 'the model refuses our key',
    breaks: () => upstream({ '401': 1 }),
    mends: () => upstream({}),
    receiver: 'pager',
    alert: 'UpstreamAuth',
    follows: [/^JobsFail$/, BURNS],
  },
  {
    name: 'the model limits us',
    breaks: () => upstream({ '429;retry_after=1': 1 }),
    mends: () => upstream({}),
    receiver: 'tickets',
    alert: 'UpstreamRateLimited',
    follows: [/^QueueStuck$/, /^JobsFail$/, BURNS],
  },
  {
    name: 'the model writes cards that the text does not bear',
    breaks: () => upstream({ invented_quotes: 1 }),
    mends: () => upstream({}),
    receiver: 'tickets',
    alert: 'CardsDropped',
  },
  {
    name: 'a webhook URL is gone for good',
    breaks: () => pair.submit({ text: `A note of its own. ${WORDS}`, webhook: { url: `${stack.hook}410` } }),
    mends: () => undefined,
    receiver: 'tickets',
    alert: 'WebhookEndpointDisabled',
  },
  {
    name: 'no backup was made',
    breaks: () => (stack.textfile = textfile(7_300, 60)),
    mends: () => (stack.textfile = textfile(60, 60)),
    receiver: 'tickets',
    alert: 'BackupOld',
  },
  {
    name: 'the certificate ends soon',
    breaks: () => (stack.textfile = textfile(60, 13)),
    mends: () => (stack.textfile = textfile(60, 60)),
    receiver: 'tickets',
    alert: 'CertificateExpires',
  },
]; // prettier-ignore

async function redis(work: (admin: Redis) => Promise<unknown>): Promise<void> {
  const admin = new Redis(pair.redis.url);
  await work(admin).finally(() => admin.disconnect());
}
const used = async (admin: Redis): Promise<number> => Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);

test.each(FAULTS)('$name: $alert reaches its receiver, ends after the fault, and nothing else cries', async (fault) => {
  const { breaks, mends, receiver, alert, follows = [] } = fault;
  const before = stack.told.length;
  await breaks();
  try {
    await eventually(
      () => expect(stack.told.slice(before)).toContainEqual({ receiver, status: 'firing', alert }),
      LONG_MILLISECONDS,
    );
  } finally {
    await mends();
  }
  await eventually(
    () => expect(stack.told.slice(before)).toContainEqual({ receiver, status: 'resolved', alert }),
    LONG_MILLISECONDS,
  );
  await quiet();
  const others = stack.told.slice(before).filter((told) => told.alert !== alert && told.alert !== 'Watchdog');
  expect(others.filter((told) => !follows.some((pattern) => pattern.test(told.alert)))).toEqual([]);
});

test('every expression of every dashboard has data', async () => {
  const empty: string[] = [];
  for (const name of readdirSync(DASHBOARDS)) {
    const { panels } = JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    for (const { title, targets: shown = [] } of panels)
      for (const { expr } of shown) {
        const asked = expr.replaceAll(/\$region|\$replica/g, '.*').replaceAll('$__rate_interval', '10m');
        const series = await stack.query(asked);
        if (series.length === 0) empty.push(`${name}: ${title}: ${asked}`);
      }
  }
  expect(empty).toEqual([]);
});
