import { setMaxListeners } from 'node:events';
import { Agent, type ClientRequest, type RequestOptions, request } from 'node:http';
import { Agent as SecureAgent, request as requestSecurely } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Way } from './deployment';

export interface Got {
  /** 0 where the connection was lost. */
  readonly status: number;
  readonly text: string;
}

export interface Sending {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another key than its own; null for none. */
  readonly key?: string | null;
  /** Milliseconds for which the answer is left unread. */
  readonly unreadMs?: number;
}

/** Who sends as fast as it gets answers, and counts them by their status, until it is stopped. */
export class Sender {
  readonly counts: Record<string, number> = {};
  /** When each request was sent, in milliseconds from the first. */
  readonly times: number[] = [];
  readonly #agent: Agent | SecureAgent;
  readonly #stop = new AbortController();
  readonly #start = performance.now();

  constructor(
    readonly way: Way,
    readonly key: string,
    readonly address: string,
  ) {
    const options = { keepAlive: true, maxSockets: Infinity };
    setMaxListeners(0, this.#stop.signal);
    this.#agent = way.serverName ? new SecureAgent(options) : new Agent(options);
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Waits, but not beyond its end. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /** Ends all that is open. */
  stop(): void {
    this.#stop.abort();
    this.#agent.destroy();
  }

  /** The answer, read to its end; what the stop cuts is counted as `cut`. */
  async send(method: string, path: string, sending: Sending = {}): Promise<Got> {
    this.times.push(performance.now() - this.#start);
    const got = await this.#ask(method, path, sending);
    const name = got.status > 0 ? String(got.status) : this.stopped ? 'cut' : 'lost';
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    // Who loses its connections at once does not spin.
    if (name === 'lost') await this.pause(10);
    return got;
  }

  #ask(method: string, path: string, { body, headers, key = this.key, unreadMs }: Sending): Promise<Got> {
    return new Promise((resolve) => {
      let status = 0;
      let text = '';
      const done = (): void => resolve({ status, text });
      const sent = this.#request({
        method,
        path,
        headers: {
          ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
          ...(this.way.serverName ? { Host: this.way.serverName } : {}),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
          ...headers,
        },
      });
      sent.on('response', (answer) => {
        status = answer.statusCode ?? 0;
        answer.setEncoding('utf8').on('close', done).on('error', done);
        const read = (): void => void answer.on('data', (piece: string) => (text = (text + piece).slice(0, KEPT)));
        if (unreadMs === undefined) read();
        else void this.pause(unreadMs).then(read);
      });
      sent.on('error', done);
      sent.on('close', done);
      sent.end(body);
    }); // prettier-ignore
  }

  #request(options: RequestOptions): ClientRequest {
    const { hostname, port } = new URL(this.way.url);
    const to = { ...options, hostname, port, agent: this.#agent, localAddress: this.address, signal: this.#stop.signal };
    if (!this.way.serverName) return request(to);
    return requestSecurely({ ...to, servername: this.way.serverName, rejectUnauthorized: false });
  } // prettier-ignore
}

/** Characters of an answer that are kept. */
const KEPT = 200_000;

/** One after the other in each of so many lanes, until it is stopped. */
export async function storm(
  sender: Sender,
  lanes: number,
  step: (sender: Sender, lane: number, i: number) => Promise<unknown>,
): Promise<void> {
  const lane = async (number: number): Promise<void> => {
    for (let i = 0; !sender.stopped; i += 1) await step(sender, number, i);
  };
  await Promise.all(Array.from({ length: lanes }, (_none, number) => lane(number)));
}
