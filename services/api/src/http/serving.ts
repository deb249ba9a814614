import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Node looks for connections that are late only so often; headers beyond the size are its own 431. */
export const SERVER = { connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 };

/** Resolves with the port that it listens on. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  // Longer than a proxy keeps an idle connection, so that it never writes into one that is closing.
  Object.assign(server, { keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 15_000 });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken: set PORT to a free one.`) : error),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Takes no new connection, lets open requests end, and who waits go with what there is. */
export function stopServing(server: Server, drain: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    drain();
    server.closeIdleConnections();
    setInterval(() => server.closeIdleConnections(), 100).unref();
  });
}
