import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does to the answer of one request. */
export type Cut = 'pass' | 'drop-answer' | 'cut-body' | { status: number; headers?: Record<string, string> };

/** A proxy in front of a real API that loses, cuts or replaces answers: the network as it is. */
export class CuttingProxy {
  readonly seen: { method: string; url: string; headers: Record<string, unknown> }[] = [];
  readonly #server: Server;
  url = '';

  /** @param cutOf what happens to a request; `bytes` of a cut body that get through */
  readonly #target: string;
  readonly #cutOf: (method: string, url: string, count: number, headers: IncomingHttpHeaders) => Cut;
  readonly #bytes: number;

  constructor(
    target: string,
    cutOf: (method: string, url: string, count: number, headers: IncomingHttpHeaders) => Cut,
    bytes = 300,
  ) {
    this.#target = target;
    this.#cutOf = cutOf;
    this.#bytes = bytes;
    this.#server = createServer((incoming, outgoing) => this.forward(incoming, outgoing));
  }

  /** Passes a request on, and its answer back as far as `cutOf` lets it. */
  forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    this.seen.push({ method, url, headers });
    const cut = this.#cutOf(method, url, this.seen.length, headers);
    if (typeof cut === 'object') return void outgoing.writeHead(cut.status, cut.headers).end('not the API');
    const onward = request(this.#target + url, { method, headers }, (answer) => {
      if (cut === 'drop-answer') return void answer.resume().on('end', () => outgoing.destroy());
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      if (cut === 'pass') return void answer.pipe(outgoing);
      let sent = 0;
      answer.on('data', (piece: Buffer) => {
        outgoing.write(piece.subarray(0, this.#bytes - sent));
        sent += piece.length;
        if (sent >= this.#bytes) setImmediate(() => outgoing.destroy());
      });
      answer.on('end', () => outgoing.end());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
