import { type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Registry, renderMetrics } from './metrics';

export interface Probes {
  /** The process works at all; never depends on Redis. */
  live(): boolean;
  /** It can do its work now. */
  ready(): Promise<boolean> | boolean;
}

/** Answers `/livez` and `/readyz` with `ok` or `not ok` and nothing else; tells whether it did. */
export function answerProbe(path: string | undefined, response: ServerResponse, probes: Probes): boolean {
  const probe = PROBES[path ?? ''];
  if (!probe) return false;
  answerOk(response, probe(probes));
  return true;
}

function answerOk(response: ServerResponse, outcome: Promise<boolean> | boolean): void {
  void Promise.resolve(outcome)
    .catch(() => false)
    .then((ok) => send(response, ok ? 200 : 503, 'text/plain; charset=utf-8', ok ? 'ok' : 'not ok'));
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

const notFound: RequestListener = (_request, response) => send(response, 404, 'text/plain; charset=utf-8', 'not found');

/** Metrics and health of a process, on the operations port: never on the port that clients reach. */
export async function startOpsServer(
  { host, port }: { host: string; port: number },
  registry: Registry,
  probes: Probes,
  others: RequestListener = notFound,
): Promise<{ server: Server; port: number }> {
  const started = startedOnce(probes);
  const server = createServer((request, response) => {
    if (request.url === '/startz') answerOk(response, started());
    else answer(request, response, { registry, probes, others });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

interface Answers {
  readonly registry: Registry;
  readonly probes: Probes;
  readonly others: RequestListener;
}

function answer(...[request, response, { registry, probes, others }]: [...Parameters<RequestListener>, Answers]): void {
  const path = request.url?.split('?')[0];
  if (answerProbe(path, response, probes)) return;
  if (path !== '/metrics') return void others(request, response);
  renderMetrics(registry, request.headers.accept).then(
    ({ type, text }) => send(response, 200, type, text),
    () => send(response, 500, 'text/plain; charset=utf-8', 'metrics failed'),
  );
}
