import { KEYED, type MadeKey, makeKey } from '../harness/stack/keys';
import { Pair, type Service } from '../harness/stack/pair';

type Settings = Readonly<Record<string, string | number>>;

const KEPT_APART = { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' };

/** The services that attacks are played on. Each is started for the first that needs it, and all are closed together. */
export class Stage {
  #keyed: Promise<Pair> | undefined;
  readonly #apis = new Map<string, Promise<Service>>();
  readonly #others: (() => Promise<void>)[] = [];
  #tenants = 0;

  /** An API with keys, a worker, a Redis and the stand-in. */
  pair(): Promise<Pair> {
    return (this.#keyed ??= Pair.start({ settings: KEPT_APART }));
  }

  /** Another API of that pair, with settings of its own. */
  api(settings: Settings): Promise<Service> {
    const name = JSON.stringify(settings);
    const started = this.#apis.get(name) ?? this.pair().then((pair) => pair.addApi(settings));
    this.#apis.set(name, started);
    return started;
  }

  /** Services apart, of one attack alone. */
  async apart(parts: Parameters<typeof Pair.start>[0] = {}): Promise<Pair> {
    const pair = await Pair.start(parts);
    this.after(() => pair.close());
    return pair;
  }

  /** Closes something else when all is over, after what was started since. */
  after(close: () => Promise<void>): void {
    this.#others.unshift(close);
  }

  /** An ordinary key of a new tenant. */
  async tenant(name: string, ...args: string[]): Promise<MadeKey> {
    this.#tenants += 1;
    return makeKey(await this.pair(), `${name}-${this.#tenants}`, ...args);
  }

  async close(): Promise<void> {
    await this.#keyed?.then((pair) => pair.close());
    for (const close of this.#others) await close();
  }
}
