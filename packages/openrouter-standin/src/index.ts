import type { Server } from 'node:http';

import type { Config } from './config';
import { createStandinServer } from './http/server';
import { Simulator } from './simulator';

export type { Config } from './config';
export type { Entry, Totals } from './ledger';
export { SCENARIO_GROUPS } from './scenarios/table';
export type { Scenario } from './scenarios/scenario';

export interface StandinOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Same seed, same random choices and ids. */
  readonly seed?: string;
  /** How long a whole answer takes, unless the model name or a header says otherwise. Default 0. */
  readonly latencyMs?: number;
  /** The first settings of `/__sim/config`. `POST /__sim/reset` restores them. */
  readonly config?: Partial<Config>;
}

export interface Standin {
  /** Base URL of the API: `http://HOST:PORT/api/v1`. */
  readonly url: string;
  /** Base URL of the control plane: `http://HOST:PORT/__sim`. */
  readonly controlUrl: string;
  readonly port: number;
  /** Ends open connections and frees the port. */
  close(): Promise<void>;
}

const DEFAULT_HOST = '127.0.0.1';

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server listens on no port.');
  return address.port;
}

/** Starts a server that speaks OpenRouter's API. Rejects if the port is taken. */
export async function startStandin(options: StandinOptions = {}): Promise<Standin> {
  const { port = 0, host = DEFAULT_HOST, seed = 'standin', latencyMs, config = {} } = options;
  const sim = new Simulator(seed, { ...config, ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }) });
  const server = createStandinServer(sim);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = portOf(server);
  const origin = `http://${inUrl(host === '0.0.0.0' ? DEFAULT_HOST : host)}:${bound}`;
  return {
    url: `${origin}/api/v1`,
    controlUrl: `${origin}/__sim`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
