import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type Logger, errorFields } from '@flashcards/shared/runtime/logger';
import { objectOf, parseJson } from '@flashcards/shared/runtime/json';
import { listen } from '@flashcards/shared/runtime/http/ops-server';
import { hostsOf, refusalOf } from '@flashcards/shared/runtime/http/request-guard';
import type { Bounds } from './config';
import type { Engine } from './engine';

const MAX_BODY_BYTES = 256;

/**
 * Lets its callers read and set the number of workers, within the bounds, and nothing else. A process that holds the
 * engine's socket owns the machine, so the autoscaler does not hold it.
 */
export async function startScaleDoor(
  { host, port }: { host: string; port: number },
  engine: Engine,
  bounds: Bounds,
  logger: Logger,
): Promise<{ server: Server; port: number }> {
  const hosts = hostsOf(host, '');
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, hosts);
    if (refusal) return send(response, refusal.status, {});
    answer(request, engine, bounds).then(
      ({ status, replicas }) => send(response, status, replicas === undefined ? {} : { replicas }),
      (error: unknown) => {
        logger.warn('engine.failed', errorFields(error));
        send(response, 502, {});
      },
    );
  });
  Object.assign(server, { requestTimeout: 5_000, headersTimeout: 5_000 });
  return { server, port: await listen(server, host, port) };
}

interface Outcome {
  readonly status: number;
  readonly replicas?: number;
}

async function answer(request: IncomingMessage, engine: Engine, bounds: Bounds): Promise<Outcome> {
  if (request.url !== '/replicas') return { status: 404 };
  if (request.method === 'GET') return { status: 200, replicas: await engine.replicas() };
  if (request.method !== 'PUT') return { status: 405 };
  const replicas = replicasOf(await bodyOf(request));
  if (replicas === undefined || replicas < bounds.WORKERS_MIN || replicas > bounds.WORKERS_MAX) return { status: 422 };
  await engine.scale(replicas);
  return { status: 200, replicas };
}

function replicasOf(body: string | undefined): number | undefined {
  const { replicas } = objectOf(parseJson(body ?? ''));
  return typeof replicas === 'number' && Number.isInteger(replicas) ? replicas : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  for await (const part of request) {
    body += String(part);
    if (body.length > MAX_BODY_BYTES) return undefined;
  }
  return body;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(body));
}
