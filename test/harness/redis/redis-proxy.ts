import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** The way to a Redis, which fails as networks do: what is open goes dead without a word, and what is new passes. */
export class RedisProxy {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #server: Server;

  #target: number;
  #isCut = false;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: number): Promise<RedisProxy> {
    const proxy = new RedisProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing comes through what is open any more, and neither end is notified. */
  blackHole(): void {
    for (const [client, redis] of this.#pairs) {
      client.unpipe().pause();
      redis.unpipe().pause();
    }
  }

  /** What a black hole held up comes through after all, however late. */
  release(): void {
    for (const [client, redis] of this.#pairs) {
      client.pipe(redis);
      redis.pipe(client);
    }
  }

  /** Nothing passes, and both ends are told, until it is mended. */
  cut(): void {
    this.#isCut = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Where new connections lead; those that are open stay where they are. */
  leadTo(port: number): void {
    this.#target = port;
  }

  close(): void {
    this.#server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  #join(client: Socket): void {
    if (this.#isCut) return void client.destroy();
    const redis = connect(this.#target, '127.0.0.1');
    const pair = [client, redis] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        pair.forEach((one) => one.destroy());
      });
    }
    client.pipe(redis);
    redis.pipe(client);
  }
}
