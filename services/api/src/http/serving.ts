import { type RequestListener, type Server, createServer } from 'node:http';
import type { Lifecycle } from '@flashcards/shared/runtime/lifecycle';
import type { Hosts } from '@flashcards/shared/runtime/http/request-guard';
import { type Probes, answerProbe, listen } from '@flashcards/shared/runtime/http/ops-server';

/** Node looks for connections that are late only so often; headers beyond the size are its own 431. */
const SERVER = { connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 };

export interface Serving {
  readonly host: string;
  readonly port: number;
  readonly app: RequestListener;
  readonly probes: Probes;
  /** The names it answers to. */
  readonly hosts: Hosts;
  /** Lets those go who wait, when the process ends. */
  readonly drain: () => void;
}

/** Serves until the end of the process; resolves with the port that it listens on. */
export async function startServing(lifecycle: Lifecycle, serving: Serving): Promise<number> {
  const { host, port, app, probes, hosts, drain } = serving;
  const server = createServer(SERVER, (request, response) => {
    if (!answerProbe(request, response, probes, hosts)) app(request, response);
  });
  const listened = await listenBehindProxies(server, host, port);
  lifecycle.hold('http', () => stop(server, drain));
  return listened;
}

function listenBehindProxies(server: Server, host: string, port: number): Promise<number> {
  // Longer than a proxy keeps an idle connection, so that it never writes into one that is closing.
  Object.assign(server, { keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 15_000 });
  return listen(server, host, port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken. Set PORT to a free one.`) : error;
  });
}

/** Takes no new connection, lets open requests end, and those who wait go with what there is. */
function stop(server: Server, drain: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    drain();
    server.closeIdleConnections();
    setInterval(() => server.closeIdleConnections(), 100).unref();
  });
}
