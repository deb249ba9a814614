import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export const WEBHOOK_SECRET = 'whsec_dGhpcyBzZWNyZXQgaXMgZm9yIHRlc3RzIG9ubHku';

export interface Received {
  readonly path: string;
  readonly at: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

type Behaviour = (request: IncomingMessage, response: ServerResponse, times: number) => void;

/** A webhook receiver on loopback. What a path answers is set by test; 204 else. Signatures are checked by a library. */
export class Receiver {
  readonly received: Received[] = [];
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #webhook = new Webhook(WEBHOOK_SECRET);

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => receiver.#take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Its URL under one of its names: each name is a host of its own. */
  url(path: string, name = '127.0.0.1'): string {
    return `http://${name}:${this.port}${path}`;
  }

  on(path: string, behaviour: Behaviour): void {
    this.#behaviours.set(path, behaviour);
  }

  answers(path: string, ...statuses: number[]): void {
    this.on(path, (_request, response, times) => {
      response.writeHead(statuses[Math.min(times, statuses.length) - 1] as number).end();
    });
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  /** The payload, when the independent library says that it is ours. */
  verified({ body, headers }: Received): { type: string; timestamp: string; data: Record<string, unknown> } {
    return this.#webhook.verify(body, headers) as never;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const headers = request.headers as Record<string, string>;
      this.received.push({ path, at: Date.now(), headers, body: Buffer.concat(chunks).toString() });
      const behaviour = this.#behaviours.get(path);
      if (behaviour) behaviour(request, response, this.at(path).length);
      else response.writeHead(204).end();
    });
  }
}
