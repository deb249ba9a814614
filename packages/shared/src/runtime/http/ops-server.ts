import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import { type Registry, renderMetrics } from '../metrics';
import { type Hosts, refusalOf } from './request-guard';

const TEXT = 'text/plain; charset=utf-8';

export interface Probes {
  /** The process works at all; never depends on Redis. */
  live(): boolean;
  /** It can do its work now. */
  ready(): Promise<boolean> | boolean;
}

/** Answers `/livez` and `/readyz` with `ok` or `not ok` and nothing else. Returns whether it did. */
export function answerProbe(request: IncomingMessage, response: ServerResponse, probes: Probes, hosts: Hosts): boolean {
  const probe = PROBES[request.url ?? ''];
  if (!probe) return false;
  if (!isRefused(request, response, hosts)) answerOk(response, probe(probes));
  return true;
}

/** Tells whether it did. */
function isRefused(request: IncomingMessage, response: ServerResponse, hosts: Hosts): boolean {
  const refusal = refusalOf(request, hosts);
  if (refusal) send(response, refusal.status, TEXT, `${refusal.code}: ${refusal.detail}`);
  return refusal !== undefined;
}

function answerOk(response: ServerResponse, outcome: Promise<boolean> | boolean): void {
  void Promise.resolve(outcome)
    .catch(() => false)
    .then((ok) => send(response, ok ? 200 : 503, TEXT, ok ? 'ok' : 'not ok'));
}

const PROBES: Readonly<Record<string, ((probes: Probes) => Promise<boolean> | boolean) | undefined>> = {
  '/livez': (probes) => probes.live(),
  '/readyz': (probes) => probes.ready(),
};

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}

/**
 * What a container's health check asks: not ok until the process was ready once, then what `live` says. So a rollout
 * waits for a process that can work, and an outage of Redis later on restarts nothing.
 */
function startedOnce(probes: Probes): () => Promise<boolean> {
  let started = false;
  return async () => {
    started ||= await probes.ready();
    return started && probes.live();
  };
}

const notFound: RequestListener = (_request, response) => send(response, 404, TEXT, 'not found');

export interface OpsPort {
  readonly host: string;
  readonly port: number;
  readonly hosts: Hosts;
}

/**
 * Metrics and health of a process, on the operations port: never on the port that clients reach. `others` gets all other
 * requests as they come, and looks at their hosts itself.
 */
export async function startOpsServer(
  { host, port, hosts }: OpsPort,
  registry: Registry,
  probes: Probes,
  others?: RequestListener,
): Promise<{ server: Server; port: number; url: string }> {
  const own = ownAnswers(registry, probes);
  const server = createServer((request, response) => {
    const answer = own[request.url?.split('?')[0] ?? ''] ?? others ?? notFound;
    if (answer === others || !isRefused(request, response, hosts)) answer(request, response);
  });
  const listened = await listen(server, host, port);
  return { server, port: listened, url: urlOf(host, listened) };
}

/** Resolves with the port that the server listens on: the one it was given, or for 0 a free one. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error(`The server listens on no port of ${host}.`));
    });
  });
}

/** Where a server can be reached that listens on `host`. */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Path -> what answers it. */
function ownAnswers(registry: Registry, probes: Probes): Readonly<Record<string, RequestListener | undefined>> {
  const started = startedOnce(probes);
  return {
    '/livez': (_request, response) => answerOk(response, probes.live()),
    '/readyz': (_request, response) => answerOk(response, probes.ready()),
    '/startz': (_request, response) => answerOk(response, started()),
    '/metrics': ({ headers }, response) => {
      renderMetrics(registry, headers.accept).then(
        ({ type, text }) => send(response, 200, type, text),
        () => send(response, 500, TEXT, 'metrics failed'),
      );
    },
  };
}
