import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

import type { Price } from '@flashcards/shared/contract/cost';
import axios, { AxiosHeaders, type AxiosResponse } from 'axios';

import {
  createBody,
  createResponseFormats,
  type Body,
  type CompletionRequest,
  type ResponseFormat,
} from './completion-request';
import { billOf, parseJson, readAnswer, verdictOf } from './completion-stream';
import { codeOf, readText, watched, type CallWatch } from './completion-watch';
import { faultError, ModelError, networkFault, statusRule, UNKNOWN_USAGE, type ModelUsage } from '../model-errors';
import { statusError } from './errors';

export type { CompletionRequest } from './completion-request';

export interface ModelSettings {
  /** Up to and without `/chat/completions`. */
  readonly baseUrl: string;
  /** Null for a server without keys. */
  readonly apiKey: string | null;
  /** One to three, the primary first; OpenRouter refuses every call with more. */
  readonly models: readonly string[];
  readonly timeouts: {
    /** To a connection that is ready, TLS included. */
    readonly connectMs: number;
    /** From the start of a call to the answer's headers. */
    readonly headersMs: number;
    /** From the headers to the first content, and between two pieces of content; comments and white space are none. */
    readonly contentGapMs: number;
    /** Of the whole call, whatever comes. */
    readonly totalMs: number;
  };
  /** True sends OpenRouter's own keys, privacy first; false is for other servers that speak OpenAI's API. */
  readonly privacy: boolean;
  /** Endpoints that cost more are not asked; with `privacy` only, which is OpenRouter's. */
  readonly maxPrice?: Price | null;
  /** The pseudonym of requests that carry none. */
  readonly user?: string;
}

export interface Completion {
  /** The model that answered: it may be a fallback or a dated snapshot. */
  readonly model: string;
  readonly provider: string | null;
  readonly generationId: string | null;
  /** `stop`, `length` (cut: only whole cards count), `tool_calls` or `unknown`. */
  readonly finishReason: string;
  readonly usage: ModelUsage;
  /** The way the format was asked for: `json_schema`, `json_object` or `text`. */
  readonly responseFormat: string;
  /** From the start of the call; equal to `durationMs` when no content came. */
  readonly firstContentMs: number;
  readonly durationMs: number;
}

export interface CompletionOptions {
  /** Aborts the call and closes its connection. */
  readonly signal: AbortSignal;
  /** Called for each piece of content, in order; what it throws ends the call. */
  onContent(delta: string): void;
}

export interface Probe {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** One word from a closed set. */
  readonly reason: string;
}

export interface OpenRouter {
  /** What it speaks: OpenRouter's own API, or what others have in common with it. */
  readonly api: 'openrouter' | 'openai';
  /** The models a call may reach, the primary first. */
  readonly models: readonly string[];
  /** One completion, streamed. Rejects with a ModelError, or with what `onContent` threw. Never repeats a call that may be billed. */
  complete(request: CompletionRequest, options: CompletionOptions): Promise<Completion>;
  /** Whether calls can work now, without making one. Only a refused or a spent key is unhealthy. At most once a minute, please. */
  probe(signal: AbortSignal): Promise<Probe>;
  /** What a call cost that was given up, by its id; null while that is not known. Only OpenRouter tells. */
  bill(generationId: string, signal: AbortSignal): Promise<ModelUsage | null>;
  /** Closes all connections; calls that run fail. */
  close(): void;
}

const MAX_MODELS = 3;
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 256 * 1024;
const BILL_MS = 10_000;
const MAX_PROBE_CHARACTERS = 4 * 1024 * 1024;
const ERROR_BODY_MS = 2_000;

/** Sockets whose connection is ready: what waits on another one was never sent. */
const ready = new WeakSet<object>();

/** Bounds the time to a ready connection, for which neither Node nor axios has a setting that leaves bodies alone. */
function boundConnect<A extends http.Agent>(agent: A, readyEvent: 'connect' | 'secureConnect', connectMs: number): A {
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = open(options, done) as Socket;
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error(), { code: 'HANG_CONNECT' })), connectMs);
    socket.once(readyEvent, () => ready.add(socket));
    for (const event of [readyEvent, 'close']) socket.once(event, () => clearTimeout(timer));
    return socket;
  };
  return agent;
}

const AGENT_OPTIONS = {
  keepAlive: true,
  // The value that axios sets for each request: any other one costs two system calls a call.
  keepAliveMsecs: 60_000,
  maxSockets: 1024,
  maxFreeSockets: 256,
  // Of idle connections; a server's own, shorter Keep-Alive hint wins.
  timeout: 30_000,
} as const;

interface Wire {
  post(body: string, request: CompletionRequest, watch: CallWatch): Promise<AxiosResponse<Readable>>;
  get(path: string, watch: CallWatch): Promise<AxiosResponse<Readable>>;
  close(): void;
}

/** An error of axios' holds the key and the prompt: its code is read and it is dropped. */
const sendError = (error: unknown, { fault }: CallWatch): ModelError => {
  const socket = (error as { request?: { socket?: object | null } } | null)?.request?.socket;
  return faultError(fault ?? networkFault(codeOf(error)), { sent: socket != null && ready.has(socket) });
};

/** The only thing that knows axios: it opens calls and hands over status, headers and an unread body. */
function createWire({ baseUrl, apiKey, timeouts }: ModelSettings): Wire {
  const httpAgent = boundConnect(new http.Agent(AGENT_OPTIONS), 'connect', timeouts.connectMs);
  const httpsAgent = boundConnect(new https.Agent(AGENT_OPTIONS), 'secureConnect', timeouts.connectMs);
  const root = baseUrl.replace(/\/+$/, '');
  // Straight to axios' adapter: its instance would merge settings that are always the same, which is a fifth of what a call costs.
  const request = axios.getAdapter('http');
  const settings = {
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: MAX_REQUEST_BYTES,
    responseType: 'stream',
    validateStatus: () => true,
  } as const;
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'text/event-stream, application/json',
    'Accept-Encoding': 'identity',
    'User-Agent': 'flashcards',
    ...(apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` }),
  };
  const send = async (
    { more, ...config }: { method: string; url: string; data?: string; more: Readonly<Record<string, string>> },
    watch: CallWatch,
  ): Promise<AxiosResponse<Readable>> => {
    try {
      return (await request({
        ...settings,
        ...config,
        headers: new AxiosHeaders({ ...headers, ...more }),
        signal: watch.signal,
      })) as AxiosResponse<Readable>;
    } catch (error) {
      throw sendError(error, watch);
    }
  };
  return {
    post: (data, { traceparent }, watch) =>
      send(
        {
          method: 'POST',
          url: `${root}/chat/completions`,
          data,
          more: traceparent === undefined ? {} : { traceparent },
        },
        watch,
      ),
    get: (path, watch) => send({ method: 'GET', url: root + path, more: {} }, watch),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** The body only refines what the status says: one that does not come, or is cut, is none. */
async function refusedError({ status, data, headers }: AxiosResponse<Readable>, watch: CallWatch): Promise<ModelError> {
  watch.phase(ERROR_BODY_MS, 'hang_content');
  const text = await readText(data, watch, MAX_ERROR_CHARACTERS).catch(() => '');
  if (watch.fault === 'aborted') return faultError('aborted');
  return statusError(status, headers, (parseJson(text) as { error?: unknown } | null | undefined)?.error);
}

/** One `complete`, down the ladder: what its attempts share. */
interface Call {
  readonly request: CompletionRequest;
  readonly models: readonly string[];
  readonly watch: CallWatch;
  readonly startedAt: number;
  readonly onContent: (delta: string) => void;
}

const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

/** The chosen model first, the others after it as its fallbacks; null when it is none of them. */
const inOrder = (models: readonly string[], first: string | undefined): readonly string[] | null => {
  if (first === undefined || first === models[0]) return models;
  return models.includes(first) ? [first, ...models.filter((model) => model !== first)] : null;
};

const checkSettings = ({ models, baseUrl }: ModelSettings): void => {
  if (models.length < 1 || models.length > MAX_MODELS || models.some((model) => model.trim() === ''))
    throw new Error(`There must be 1 to ${MAX_MODELS} models`);
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    throw new Error('The base URL of the model is not an http(s) URL');
};

const probeVerdict = (status: number, text: string): Probe => {
  if (status === 401) return { status: 'unhealthy', reason: 'http_401' };
  if (!isSuccess(status)) return { status: 'degraded', reason: statusRule(status).reason };
  const json = parseJson(text) as { data?: { limit_remaining?: unknown } | null } | null | undefined;
  if (json === undefined) return { status: 'degraded', reason: text.trimStart().startsWith('<') ? 'html' : 'text' };
  const left = json?.data?.limit_remaining;
  return typeof left === 'number' && left <= 0
    ? { status: 'unhealthy', reason: 'key_limit' }
    : { status: 'healthy', reason: 'ok' };
};

interface Deps {
  readonly settings: ModelSettings;
  readonly wire: Wire;
  readonly bodyOf: Body;
}

const generationIdOf = ({ headers }: AxiosResponse<Readable>): string | null => {
  const id: unknown = headers['x-generation-id'];
  return typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? id : null;
};

const bill = async (
  { settings, wire }: Deps,
  generationId: string,
  signal: AbortSignal,
): Promise<ModelUsage | null> => {
  if (!settings.privacy) return null;
  try {
    return await watched(signal, BILL_MS, async (watch) => {
      const { status, data } = await wire.get(`/generation?id=${generationId}`, watch);
      const text = await readText(data, watch, MAX_PROBE_CHARACTERS);
      return isSuccess(status) ? billOf(parseJson(text)) : null;
    });
  } catch {
    return null;
  }
};

const attempt = async (
  { settings, wire, bodyOf }: Deps,
  call: Call,
  responseFormat: ResponseFormat,
): Promise<Completion> => {
  const { request, models, watch, startedAt, onContent } = call;
  const { headersMs, contentGapMs } = settings.timeouts;
  watch.phase(headersMs, 'hang_headers');
  const response = await wire.post(bodyOf(request, models, responseFormat), request, watch);
  if (!isSuccess(response.status)) throw await refusedError(response, watch);
  const { answer, firstContentAt } = await readAnswer(response, { watch, contentGapMs, onContent }).catch(
    (error: unknown): never => {
      if (error instanceof ModelError) error.generationId = generationIdOf(response);
      throw error;
    },
  );
  const verdict = verdictOf(answer);
  if (verdict !== null) throw verdict;
  const endedAt = performance.now();
  return {
    model: answer.model ?? models[0] ?? '',
    provider: answer.provider,
    generationId: answer.generationId,
    finishReason: answer.finishReason ?? 'unknown',
    usage: answer.usage ?? UNKNOWN_USAGE,
    responseFormat: responseFormat.name,
    firstContentMs: Math.round((firstContentAt ?? endedAt) - startedAt),
    durationMs: Math.round(endedAt - startedAt),
  };
};

const probe = async ({ settings, wire }: Deps, signal: AbortSignal): Promise<Probe> => {
  try {
    return await watched(signal, settings.timeouts.headersMs, async (watch) => {
      // Other servers have no page on their keys, but all list their models.
      const { status, data } = await wire.get(settings.privacy ? '/key' : '/models', watch);
      return probeVerdict(status, await readText(data, watch, MAX_PROBE_CHARACTERS));
    });
  } catch (error) {
    return { status: 'degraded', reason: error instanceof ModelError ? error.reason : 'network' };
  }
};

/** A client for OpenRouter, or for another server with OpenAI's API. Throws when its settings cannot work. */
export function createOpenRouter(settings: ModelSettings): OpenRouter {
  checkSettings(settings);
  const deps: Deps = { settings, wire: createWire(settings), bodyOf: createBody(settings) };
  const responseFormats = createResponseFormats();
  return {
    api: settings.privacy ? 'openrouter' : 'openai',
    models: settings.models,
    async complete(request, { signal, onContent }) {
      const models = inOrder(settings.models, request.model);
      if (models === null) throw faultError('model_not_allowed');
      return watched(signal, settings.timeouts.totalMs, (watch) => {
        const call: Call = { request, models, watch, startedAt: performance.now(), onContent };
        return responseFormats.fallBack(models.join(' '), (responseFormat) => attempt(deps, call, responseFormat));
      });
    },
    probe: (signal) => probe(deps, signal),
    bill: (generationId, signal) => bill(deps, generationId, signal),
    close: () => deps.wire.close(),
  };
}
