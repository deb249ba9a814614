import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Standin, startStandin } from '@flashcards/openrouter-standin';
import { Calls } from './calls';
import { eventually } from '../eventually';
import { childrenOf } from '../processes';
import type { CacheServer } from '../redis/cache-server';
import { RedisProxy } from '../redis/redis-proxy';
import { RedisServer } from '../redis/redis-server';

const ROOT = join(__dirname, '../../..');
type Settings = Readonly<Record<string, string | number>>;

/** One process of ours, as built. */
export class Service {
  readonly lines: string[] = [];
  url = '';
  opsUrl = '';
  #child: ChildProcess | undefined;

  readonly #name: 'api' | 'worker' | 'autoscaler';
  readonly #settings: Settings;

  constructor(name: 'api' | 'worker' | 'autoscaler', settings: Settings) {
    this.#name = name;
    this.#settings = settings;
  }

  async start(): Promise<this> {
    const child = spawn(process.execPath, [join(ROOT, 'services', this.#name, 'dist/main.js')], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        ...Object.fromEntries(Object.entries(this.#settings).map(([k, v]) => [k, String(v)])),
      },
    });
    this.#child = child;
    for (const input of [child.stdout, child.stderr]) {
      if (input) createInterface({ input }).on('line', (line) => this.lines.push(line));
    }
    await new Promise<void>((resolve, reject) => {
      child.once('message', (message: { url?: string; opsUrl?: string }) => {
        this.url = message.url ?? '';
        this.opsUrl = message.opsUrl ?? '';
        resolve();
      });
      child.once('exit', (code) =>
        reject(new Error(`${this.#name} ended with ${code}: ${this.lines.slice(-5).join('\n')}`)),
      );
    });
    return this;
  }

  /** Processes that it started and that live. */
  children(): number[] {
    return childrenOf(this.pid ?? 0);
  }

  /** Resolves once it has ended. */
  gone(): Promise<void> {
    return new Promise((resolve) => (this.running() ? this.#child?.once('exit', () => resolve()) : resolve()));
  }

  running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends it and says how it exited: its code, or the signal. */
  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? child?.signalCode ?? null;
    const gone = new Promise<number | string | null>((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal)),
    );
    child.kill('SIGCONT');
    child.kill(name);
    return gone;
  }

  /** Its log lines of one event. */
  events(event: string): Record<string, unknown>[] {
    return this.lines
      .filter((line) => line.includes(`"event":"${event}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const replicationSays = (server: RedisServer, what: string): Promise<void> =>
  eventually(async () => {
    const replication = String(await server.command('INFO', 'replication'));
    if (!replication.includes(what)) throw new Error(`there is no ${what} in ${replication}`);
  });

interface PairParts {
  readonly apis?: number;
  readonly workers?: number;
  readonly settings?: Settings;
  readonly appendonly?: 'yes' | 'no';
  readonly proxied?: boolean;
  /** A Redis of results apart, which the test closes. */
  readonly cache?: CacheServer;
}

/** A Redis, the stand-in, APIs and workers of one test file's own. */
export class Pair extends Calls {
  readonly apis: Service[] = [];
  readonly workers: Service[] = [];
  readonly #replicas: RedisServer[] = [];

  readonly #settings: Settings;
  /** Between the services and Redis, where a test asked for it. */
  readonly #way: RedisProxy | undefined;
  readonly #cache: CacheServer | undefined;

  private constructor(
    readonly redis: RedisServer,
    readonly standin: Standin,
    settings: Settings,
    /** Between the services and Redis, where a test asked for it. */
    way: RedisProxy | undefined,
    /** The Redis of results, where a test has one. */
    cache: CacheServer | undefined,
  ) {
    super();
    this.#settings = settings;
    this.#way = way;
    this.#cache = cache;
  }

  static async start({
    apis = 1,
    workers = 1,
    settings = {},
    appendonly = 'yes',
    proxied = false,
    cache,
  }: PairParts = {}) {
    const redis = await RedisServer.start(appendonly);
    const way = proxied ? await RedisProxy.start(redis.port) : undefined;
    const pair = new Pair(redis, await startStandin({}), settings, way, cache);
    for (let i = 0; i < workers; i += 1) await pair.addWorker();
    for (let i = 0; i < apis; i += 1) await pair.addApi();
    return pair;
  }

  async addApi(settings: Settings = {}): Promise<Service> {
    const api = new Service('api', {
      ...this.#common('api'),
      PORT: 0,
      AUTH: 'open',
      RATE_LIMIT_PER_MINUTE: 0,
      ...this.#settings,
      ...settings,
    });
    this.apis.push(await api.start());
    return api;
  }

  async addWorker(settings: Settings = {}): Promise<Service> {
    const worker = new Service('worker', {
      ...this.#common('worker'),
      OPENROUTER_BASE_URL: this.standin.url,
      OPENROUTER_API_KEY: 'sk-or-v1-sim-test',
      ...this.#settings,
      ...settings,
    });
    this.workers.push(await worker.start());
    return worker;
  }

  #common(user: 'api' | 'worker'): Settings {
    return {
      REDIS_URL: this.redis.urlOf(user, this.#way?.port),
      OPS_PORT: 0,
      MODEL: 'standin/extractive',
      LOG_LEVEL: 'info',
      ...(this.#cache ? { CACHE_REDIS_URL: this.#cache.urlOf(user) } : {}),
    };
  }

  get proxy(): RedisProxy {
    if (!this.#way) throw new Error('this pair was started without a proxy before Redis');
    return this.#way;
  }

  /** A replica that has all that its Redis has; it is removed with the pair. */
  async addReplica(): Promise<RedisServer> {
    const replica = await RedisServer.start();
    this.#replicas.push(replica);
    await replica.command('REPLICAOF', '127.0.0.1', String(this.redis.port));
    await replicationSays(replica, 'master_link_status:up');
    return replica;
  }

  /** Redis hands its role over. What is open stays with it, and what is new comes to the new primary. */
  async failOverTo(replica: RedisServer): Promise<void> {
    this.proxy.leadTo(replica.port);
    await this.redis.command('FAILOVER');
    await replicationSays(replica, 'role:master');
  }

  get url(): string {
    return (this.apis[0] as Service).url;
  }

  async close(): Promise<void> {
    await Promise.all([...this.apis, ...this.workers].map((service) => service.stop('SIGKILL')));
    await this.standin.close();
    this.#way?.close();
    // A test may have stopped it.
    const refused = await this.redis.refused().catch(() => []);
    for (const redis of [this.redis, ...this.#replicas]) await redis.remove();
    if (refused.length > 0) throw new Error(`Redis refused what a service asked for:\n${refused.join('\n')}`);
  }

  /** What the stand-in's next calls meet, in their order, whichever job makes them. */
  async script(...scenarios: string[]): Promise<void> {
    const body = JSON.stringify({ scenarios });
    const { status } = await fetch(`${this.standin.controlUrl}/script`, { method: 'POST', body });
    if (status !== 200) throw new Error(`script: ${status}`);
  }

  /** What the stand-in was asked and would have been paid for. */
  async ledger(): Promise<{ totals: { calls: number; billed: number; aborted: number } }> {
    return (await (await fetch(`${this.standin.controlUrl}/ledger`)).json()) as never;
  }
}
