import { mkdirSync, mkdtempSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { Pair, Service } from '../harness/stack/pair';
import { freePort } from '../harness/redis/redis-server';
import { Stack, type Target } from './stack';

const WORDS =
  'cell membrane energy light water carbon oxygen leaf sugar plant root stem glucose enzyme protein '.repeat(4);
const SUBMIT_EVERY_MS = 80;

/** Two APIs, two workers and the autoscaler under load, with what watches them. */
export class Scene {
  readonly #folder = mkdtempSync(join(tmpdir(), 'flashcards-scene-'));
  readonly #auditFile = join(this.#folder, 'audit.jsonl');
  #apiPorts: number[] = [];
  #workerPorts: number[] = [];
  #autoscaler: Service | undefined;
  #load: NodeJS.Timeout | undefined;
  #count = 0;
  #client = {} as MadeKey;
  #admin = {} as MadeKey;
  #stoppedPort = 0;
  #poor: MadeKey | undefined;
  #hasty: NodeJS.Timeout | undefined;
  /** Processes that are scraped, with the stand-in for the node exporter. */
  readonly targetCount = 6;
  pair = undefined as unknown as Pair;
  stack = undefined as unknown as Stack;

  async start(): Promise<void> {
    this.#apiPorts = [await freePort(), await freePort()];
    this.#workerPorts = [await freePort(), await freePort()];
    this.pair = await Pair.start({
      apis: 0,
      workers: 0,
      settings: {
        MODEL: 'standin/canned',
        OPENROUTER_PRIVACY: 'false',
        WORKER_CONCURRENCY: 20,
        DRAIN_SECONDS: 1,
        FAILED_TEXT_SECONDS: 30,
        RESULT_SECONDS: 30,
        WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
      },
    });
    await this.startApis();
    await this.startWorkers();
    this.#client = await makeKey(this.pair, 'load');
    await this.#limits('load', '--usd-per-day', '1000');
    this.#admin = await makeKey(this.pair, 'operator', '--scopes', 'admin');
    const autoscalerPort = await freePort();
    this.stack = await Stack.start(this.#targets(autoscalerPort));
    this.#autoscaler = await this.#startAutoscaler(autoscalerPort);
    this.stack.relabelNode({ backupAgeSeconds: 60, certificateDays: 60 });
    this.#load = setInterval(() => this.#tick(), SUBMIT_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#load);
    clearInterval(this.#hasty);
    await this.stack?.close();
    await this.#autoscaler?.stop('SIGKILL');
    await this.pair?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  startApis(): Promise<unknown> {
    const { SECRETS_KEY, ...keyed } = KEYED;
    const settings = { ...keyed, SECRETS_KEY, AUDIT_FILE: this.#auditFile, MODEL_MAX_PRICE: '0.15,0.6' };
    return Promise.all(this.#apiPorts.map((port) => this.pair.addApi({ ...settings, OPS_PORT: port })));
  }

  startWorkers(): Promise<unknown> {
    const { SECRETS_KEY } = KEYED;
    return Promise.all(this.#workerPorts.map((port) => this.pair.addWorker({ SECRETS_KEY, OPS_PORT: port })));
  }

  /** Drains one of the workers. */
  async stopWorker(): Promise<void> {
    const worker = this.pair.workers.pop() as Service;
    await worker.stop();
    this.#stoppedPort = Number(new URL(worker.opsUrl).port);
  }

  /** Brings it back to where it is scraped. */
  async startWorker(): Promise<void> {
    await this.pair.addWorker({ SECRETS_KEY: KEYED.SECRETS_KEY, OPS_PORT: this.#stoppedPort });
  }

  stopApis = (): Promise<unknown> => Promise.all(this.pair.apis.splice(0).map((api) => api.stop('SIGKILL')));

  stopWorkers = (signal: NodeJS.Signals): Promise<unknown> =>
    Promise.all(this.pair.workers.splice(0).map((worker) => worker.stop(signal)));

  /** Every call from now on meets these scenarios, by their share. */
  async upstream(mix: Record<string, number>): Promise<void> {
    const url = `${this.pair.standin.controlUrl}/config`;
    const { status } = await fetch(url, { method: 'PUT', body: JSON.stringify({ mix }) });
    if (status !== 200) throw new Error(`the stand-in answered ${status}`);
  }

  /** Redis with so much of its memory used. */
  async fillRedis(share: number): Promise<void> {
    await this.#redis(async (redis) => {
      const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
      await redis.config('SET', 'maxmemory', String(Math.ceil(used / share)));
    });
  }

  emptyRedis = (): Promise<void> => this.#redis((redis) => redis.config('SET', 'maxmemory', '0'));

  /** A client of its own, whose day does not suffice for a job. */
  async exhaustBudget(): Promise<void> {
    this.#poor ??= await makeKey(this.pair, 'poor');
    await this.#limits('poor', '--tokens-per-day', '100');
    await this.#answers(this.#poor, 429);
  }

  async raiseBudget(): Promise<void> {
    await this.#limits('poor', '--tokens-per-day', '1000000');
    await this.#answers(this.#poor as MadeKey, 202);
  }

  /** A client that submits ten times a second and may ten times a minute. */
  async pester(): Promise<void> {
    const key = await makeKey(this.pair, 'hasty');
    await this.#limits('hasty', '--submits-per-minute', '10');
    this.#hasty = setInterval(() => void this.#submit({}, key).catch(() => undefined), 100);
  }

  rest = (): void => clearInterval(this.#hasty);

  #limits = (tenant: string, ...limits: string[]): Promise<unknown> =>
    keysCommand(this.pair, ['limits', '--tenant', tenant, ...limits]);

  /** Replicas are notified of new limits a moment later. */
  #answers = (key: MadeKey, status: number): Promise<void> =>
    eventually(async () => expect((await this.#submit({}, key)).status).toBe(status));

  /** From now on no record of the audit can be written: a folder stands where its file was. */
  async breakAudit(): Promise<void> {
    renameSync(this.#auditFile, `${this.#auditFile}.away`);
    mkdirSync(this.#auditFile);
    await this.#look();
  }

  mendAudit(): void {
    rmdirSync(this.#auditFile);
    renameSync(`${this.#auditFile}.away`, this.#auditFile);
  }

  /** A client whose webhook URL answers with this status. */
  async submitWithHook(status: number): Promise<void> {
    const answer = await this.#submit({ webhook: { url: `${this.stack.hook}${status}` } });
    if (answer.status !== 202) throw new Error(`submit: ${answer.text}`);
  }

  /** What an operator does, and the audit records. */
  async #look(): Promise<void> {
    const [api] = this.pair.apis;
    await this.pair.call('GET', '/admin/keys', undefined, bearer(this.#admin), api?.opsUrl);
  }

  #submit(more: object, key = this.#client) {
    this.#count += 1;
    const { url = '' } = this.pair.apis[this.#count % this.pair.apis.length] ?? {};
    return this.pair.call('POST', '/v1/jobs', { text: `Note ${this.#count}. ${WORDS}`, ...more }, bearer(key), url);
  }

  /** One job in ten has a webhook, one is a repeat of the one before it in the cache. */
  #tick(): void {
    const webhook = this.#count % 10 === 0 ? { webhook: { url: `${this.stack.hook}204` } } : {};
    const text = this.#count % 10 === 5 ? { text: `A note that many know. ${WORDS}` } : {};
    void this.#submit({ ...webhook, ...text }).catch(() => undefined);
    if (this.#count % 20 === 0)
      void this.pair.call('GET', '/v1/queue', undefined, bearer(this.#client)).catch(() => undefined);
  }

  #targets(autoscalerPort: number): Target[] {
    const of = (job: string, ports: readonly number[]): Target[] =>
      ports.map((port) => ({ job, address: `127.0.0.1:${port}` }));
    return [...of('api', this.#apiPorts), ...of('worker', this.#workerPorts), ...of('autoscaler', [autoscalerPort])];
  }

  #startAutoscaler(port: number): Promise<Service> {
    const settings = { PROMETHEUS_URL: this.stack.prometheus, SCALE_URL: this.stack.scaleDoor };
    return new Service('autoscaler', { ...settings, OPS_PORT: port, CHECK_SECONDS: 1, WORKERS_MIN: 2 }).start();
  }

  async #redis(work: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = new Redis(this.pair.redis.url);
    await work(redis).finally(() => redis.disconnect());
  }
}
