import { RedisProxy } from './redis-proxy';
import { RedisServer } from './redis-server';

/** A Redis of finished results, apart from that of the records, and the way of each service to it. */
export class CacheServer {
  private constructor(
    readonly redis: RedisServer,
    readonly ways: Readonly<Record<'api' | 'worker', RedisProxy>>,
  ) {}

  static async start(): Promise<CacheServer> {
    const redis = await RedisServer.start('no', 'cache');
    const [api, worker] = [await RedisProxy.start(redis.port), await RedisProxy.start(redis.port)];
    return new CacheServer(redis, { api, worker });
  }

  urlOf(user: 'api' | 'worker'): string {
    return this.redis.urlOf(user, this.ways[user].port);
  }

  cut(): void {
    for (const way of Object.values(this.ways)) way.cut();
  }

  mend(): void {
    for (const way of Object.values(this.ways)) way.mend();
  }

  async close(): Promise<void> {
    for (const way of Object.values(this.ways)) way.close();
    await this.redis.remove();
  }
}
