import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RedisServer } from '../../harness/redis/redis-server';
import { Nginx } from '../../harness/servers/nginx';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../../harness/stack/keys';
import { Pair } from '../../harness/stack/pair';
import { Receiver } from '../../harness/servers/receiver';
import { childrenOf } from '../../harness/processes';
import { type Part, limitOf } from './memory';

const ROOT = join(__dirname, '../../..');
/** What a tenant may choose beside the model of its attack: one that answers well, and one that never answers. */
export const MODELS = { good: 'standin/extractive', hangs: 'sim/hang_before_headers' } as const;
/** As the images run Node: its heap is a share of the memory of its container, and it has one helper thread. */
const heapOf = (service: string): number => Math.floor((limitOf(service) / 1_048_576) * 0.7);
const nodeOptions = (service: string): string => `--max-old-space-size=${heapOf(service)} --v8-pool-size=1`;

/** How an API is reached. */
export interface Way {
  readonly name: 'directly' | 'through nginx';
  readonly url: string;
  /** Of the certificate, where there is one. */
  readonly serverName: string;
}

/** The parts of `compose.yml` as processes on loopback, with its settings and the stand-in in the model's place. */
export class Deployment {
  readonly #nginxes: readonly number[];

  private constructor(
    readonly pair: Pair,
    readonly nginx: Nginx,
    readonly receiver: Receiver,
    readonly cache: RedisServer,
    readonly standin: ChildProcess,
  ) {
    this.#nginxes = childrenOf(nginx.pid ?? 0);
  }

  static async start(binary: string, hostileModel: string): Promise<Deployment> {
    const cache = await RedisServer.start('no', 'cache');
    await configure(cache, { maxmemory: '256mb', 'maxmemory-policy': 'allkeys-lru' });
    const standin = fork(join(ROOT, 'packages/openrouter-standin/dist/cli.js'), ['--port', '0'], { stdio: 'ignore' });
    const [{ url }] = (await once(standin, 'message')) as [{ url: string }];
    const pair = await Pair.start({
      apis: 0,
      workers: 0,
      settings: {
        ...KEYED,
        RATE_LIMIT_PER_MINUTE: 10,
        TRUST_PROXY_HOPS: 1,
        MODEL: MODELS.good,
        MODEL_FALLBACKS: `${hostileModel},${MODELS.hangs}`,
        OPENROUTER_BASE_URL: url,
        WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
      },
    });
    await configure(pair.redis, { maxmemory: '512mb', appendfsync: 'always' });
    for (let i = 0; i < 2; i += 1)
      await pair.addWorker({ CACHE_REDIS_URL: cache.urlOf('worker'), NODE_OPTIONS: nodeOptions('worker') });
    const api = await pair.addApi({ CACHE_REDIS_URL: cache.urlOf('api'), NODE_OPTIONS: nodeOptions('api') });
    const nginx = await Nginx.start(binary, api.url, { MAX_CONNECTIONS_PER_ADDRESS: '100' });
    return new Deployment(pair, nginx, await Receiver.start(), cache, standin);
  }

  get ways(): readonly Way[] {
    return [
      { name: 'directly', url: this.pair.url, serverName: '' },
      { name: 'through nginx', url: `https://127.0.0.1:${this.nginx.port}`, serverName: this.nginx.serverName },
    ];
  }

  /** A key of a new tenant, which may submit so many jobs a minute. */
  async tenant(name: string, submitsPerMinute: number): Promise<MadeKey> {
    const key = await makeKey(this.pair, name);
    await keysCommand(this.pair, ['limits', '--tenant', name, '--submits-per-minute', String(submitsPerMinute)]);
    return key;
  }

  parts(): Part[] {
    const { pair, nginx, cache } = this;
    return [
      ...pair.apis.map(({ pid = 0 }) => ({ part: 'api', service: 'api', pid })),
      ...pair.workers.map(({ pid = 0 }, i) => ({ part: `worker ${i + 1}`, service: 'worker', pid })),
      { part: 'nginx', service: 'nginx', pid: nginx.pid ?? 0, fileBytes: () => nginx.temporaryBytes() },
      { part: 'redis', service: 'redis-queue', pid: pair.redis.pid ?? 0 },
      { part: 'cache', service: 'redis-cache', pid: cache.pid ?? 0 },
    ];
  }

  /** Processes that are not there any more, or are others than at the start. */
  ended(): string[] {
    const { pair, nginx } = this;
    const gone = [...pair.apis, ...pair.workers].filter((service) => !service.running());
    return [
      ...gone.map(({ lines }) => `a process of ours, after ${lines.slice(-2).join(' ')}`),
      ...this.parts()
        .filter(({ pid }) => !lives(pid))
        .map(({ part }) => part),
      ...(String(childrenOf(nginx.pid ?? 0)) === String(this.#nginxes) ? [] : ['a worker process of nginx']),
    ];
  }

  /** Ends all jobs of a tenant, and removes them. */
  async erase(key: MadeKey): Promise<void> {
    const { status } = await this.pair.call('DELETE', '/v1/data', undefined, bearer(key));
    if (status !== 202) throw new Error(`the erasure was answered ${status}`);
  }

  /** Resolves once no job waits, or after so many seconds. */
  async drained(seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1_000;
    for (;;) {
      const { body } = await this.pair.call('GET', '/v1/queue');
      if ((body as { depth: number }).depth === 0 || Date.now() > until) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async close(): Promise<void> {
    await this.nginx.stop();
    await this.receiver.close();
    await this.pair.close();
    await this.cache.remove();
    this.standin.disconnect();
  }
}

async function configure(server: RedisServer, settings: Readonly<Record<string, string>>): Promise<void> {
  await server.command('CONFIG', 'SET', ...Object.entries(settings).flat());
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
