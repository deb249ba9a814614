import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { chat, notFound } from '../chat/chat';
import { CONTROL, controlBody } from './control';
import { READS } from './read-endpoints';
import type { Simulator } from '../simulator';

const API = '/api/v1';
const CONTROL_BASE = '/__sim';
const PAGE = '<!DOCTYPE html><html><head><title>OpenRouter</title></head><body>A web page, not the API.</body></html>';

/** As the real API has it. */
const ANY_PAGE = { 'Access-Control-Allow-Origin': '*' };

function sendJson(res: ServerResponse, status: number, body: object, headers: Record<string, string> = ANY_PAGE): void {
  const bytes = JSON.stringify(body);
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  res.end(bytes);
}

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** A web page could reach this server by loopback under a host name of its own, and read the answers. */
const isForeign = ({ socket, headers }: IncomingMessage): boolean =>
  LOOPBACK.test(socket.localAddress ?? '') && !LOOPBACK_HOST.test(headers.host ?? '');

/** Reads the whole body, then continues. A client that hangs up meanwhile is ignored. */
function withBody(req: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const [only, ...others] = chunks;
    then(only && others.length === 0 ? only : Buffer.concat(chunks));
  });
  req.on('error', () => undefined);
}

/** Whether a web page of another origin sent this. What is no browser sends neither header. */
function isOfForeignPage({ headers }: IncomingMessage): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && origin !== `http://${host}`;
}

/** The answers hold the submitted texts: no page may read them. None may change what the stand-in does either. */
function control(sim: Simulator, req: IncomingMessage, res: ServerResponse, url: URL, bytes: Buffer): void {
  const answer = (status: number, body: object): void => sendJson(res, status, body, {});
  if (req.method !== 'GET' && isOfForeignPage(req))
    return answer(403, { error: { message: 'A web page of another origin may not control the stand-in' } });
  const handler = CONTROL[`${req.method} ${url.pathname.slice(CONTROL_BASE.length)}`];
  if (!handler) return answer(404, notFound);
  const body = controlBody(bytes);
  if (!body) return answer(400, { error: { message: 'The body must be a JSON object' } });
  const reply = handler({ sim, query: url.searchParams, body });
  answer(reply.status, reply.body);
}

function read(sim: Simulator, req: IncomingMessage, res: ServerResponse, url: URL): void {
  const path = url.pathname.slice(API.length);
  for (const [pattern, handler] of READS) {
    const match = req.method === 'GET' ? pattern.exec(path) : null;
    if (!match) continue;
    const reply = handler({ sim, req, query: url.searchParams, match });
    return sendJson(res, reply.status, reply.body, { ...ANY_PAGE, ...reply.headers });
  }
  sendJson(res, 404, notFound);
}

function answer(sim: Simulator, req: IncomingMessage, res: ServerResponse): void {
  if (isForeign(req))
    return sendJson(res, 421, { error: { message: `On loopback Host must be localhost or a loopback address, not ${req.headers.host}` } }, {}); // prettier-ignore
  // The hot path comes first: load tests use nothing else.
  if (req.method === 'POST' && req.url === `${API}/chat/completions`)
    return withBody(req, (body) => chat(sim, req, res, body));
  const url = new URL(req.url ?? '/', 'http://standin');
  if (url.pathname.startsWith(`${CONTROL_BASE}/`)) return withBody(req, (body) => control(sim, req, res, url, body));
  if (url.pathname.startsWith(`${API}/`)) return read(sim, req, res, url);
  // A wrong base URL gets a page with status 200, as the real host does.
  res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
}

/** The HTTP server of one simulator; not yet listening. */
export function createStandinServer(sim: Simulator): Server {
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    res.on('error', () => undefined);
    try {
      answer(sim, req, res);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!res.headersSent) sendJson(res, 500, { error: { message: `The stand-in failed: ${message}`, code: 500 } });
      else res.destroy();
    }
  });
  server.requestTimeout = 0;
  return server;
}
