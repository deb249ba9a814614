import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import axios, { AxiosHeaders } from 'axios';
import type { ModelError } from '../port';
import type { CallWatch } from './call-watch';
import { faultError, networkFault } from './faults';
import { codeOf } from '../../error-code';
import { type Json, objectOf } from '@flashcards/shared/runtime/json';
import type { OpenRouterSettings } from './settings';

const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** An answer whose body is not read yet. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Json;
  readonly body: Readable;
}

export const isSuccess = ({ status }: WireAnswer): boolean => status >= 200 && status <= 299;

/** Opens calls. Paths begin after the base URL. */
export interface Wire {
  post(path: string, body: string, traceparent: string | undefined, watch: CallWatch): Promise<WireAnswer>;
  get(path: string, watch: CallWatch): Promise<WireAnswer>;
  close(): void;
}

/** Sockets whose connection is ready. A call on any other socket was never sent. */
const ready = new WeakSet<object>();

/**
 * Bounds the time to a ready connection. Neither Node nor axios has a setting for it that does not also bound bodies.
 */
function boundConnect<A extends http.Agent>(agent: A, readyEvent: 'connect' | 'secureConnect', connectMs: number): A {
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = open(options, done);
    if (!(socket instanceof Socket)) return socket;
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error(), { code: 'HANG_CONNECT' })), connectMs);
    socket.once(readyEvent, () => ready.add(socket));
    for (const event of [readyEvent, 'close']) socket.once(event, () => clearTimeout(timer));
    return socket;
  };
  return agent;
}

const AGENT_OPTIONS = {
  keepAlive: true,
  // The value that axios sets for each request: any other value costs two system calls a call.
  keepAliveMsecs: 60_000,
  maxSockets: 1024,
  maxFreeSockets: 256,
  // For idle connections; a shorter Keep-Alive hint of the server wins.
  timeout: 30_000,
} as const;

/** An error of axios' holds the key and the prompt, so only its code is read. */
function sendError(error: unknown, { fault }: CallWatch): ModelError {
  const { socket } = objectOf(objectOf(error)['request']);
  const sent = typeof socket === 'object' && socket !== null && ready.has(socket);
  return faultError(fault ?? networkFault(codeOf(error)), { sent });
}

interface Sending {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly data?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The only function that knows axios: it opens calls, and returns the status, the headers and an unread body. */
export function createWire({ baseUrl, apiKey, timeouts }: OpenRouterSettings): Wire {
  const httpAgent = boundConnect(new http.Agent(AGENT_OPTIONS), 'connect', timeouts.connectMs);
  const httpsAgent = boundConnect(new https.Agent(AGENT_OPTIONS), 'secureConnect', timeouts.connectMs);
  const root = baseUrl.replace(/(?<!\/)\/+$/, '');
  const fixed = headersFor(apiKey);
  const request = createRequest(httpAgent, httpsAgent);
  const send = async (
    { traceparent, ...sending }: Omit<Sending, 'headers' | 'signal'> & { traceparent?: string | undefined },
    watch: CallWatch,
  ): Promise<WireAnswer> => {
    const headers = traceparent === undefined ? fixed : { ...fixed, traceparent };
    try {
      return await request({ ...sending, headers, signal: watch.signal });
    } catch (error) {
      throw sendError(error, watch);
    }
  };
  return {
    post: (path, data, traceparent, watch) => send({ method: 'POST', url: root + path, data, traceparent }, watch),
    get: (path, watch) => send({ method: 'GET', url: root + path }, watch),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

const headersFor = (apiKey: string | null): Readonly<Record<string, string>> => ({
  'Content-Type': 'application/json',
  Accept: 'text/event-stream, application/json',
  'Accept-Encoding': 'identity',
  'User-Agent': 'flashcards',
  ...(apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` }),
});

/**
 * Calls axios' adapter directly. Its instance would merge settings that are always the same, a fifth of a call's
 * cost.
 */
function createRequest(httpAgent: http.Agent, httpsAgent: https.Agent) {
  const adapter = axios.getAdapter('http');
  const settings = {
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: MAX_REQUEST_BYTES,
    responseType: 'stream',
    validateStatus: () => true,
  } as const;
  return async (sending: Sending): Promise<WireAnswer> => {
    const answer: { readonly status: number; readonly headers: object; readonly data: unknown } = await adapter({
      ...settings,
      ...sending,
      headers: new AxiosHeaders(sending.headers),
    });
    const { status, headers, data: body } = answer;
    if (!(body instanceof Readable)) throw new Error('The answer has no body to read.');
    return { status, headers: objectOf(headers), body };
  };
}
