import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { BodyBounds } from '@flashcards/shared/contract/body-bounds';
import { AppError } from '@flashcards/shared/contract/errors';
import { NO_LIMITS } from '@flashcards/shared/contract/limits';
import { ID_PATTERN } from '@flashcards/shared/contract/job';
import { NO_ORIGINS, type Origins } from '@flashcards/shared/runtime/http/origins';
import type { Hosts } from '@flashcards/shared/runtime/http/request-guard';
import { within } from '@flashcards/shared/runtime/time';
import type { Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import type { Caller } from '../keys/access';
import type { Board } from '../operations/board';
import { noJob } from '../jobs/reading';
import type { Answer, Deps, Endpoint, Input } from './endpoint';
import { LimitSnapshot } from './limit-headers';
import { writeAnswer } from './middleware/answer';
import { type Authenticator, type JudgeAgain, authenticate, judgeAgain } from './middleware/authenticate';
import { KEY_CHECK_PATH, checkKey } from './middleware/check-key';
import { crossOrigin, isPreflight } from './middleware/cross-origin';
import { errorHandler } from './middleware/error-handler';
import { guard } from './middleware/guard';
import { addressOf, createRefusedLimit } from './middleware/rate-limit';
import { readBody } from './middleware/read-body';
import { contextOf, requestContext } from './middleware/request-context';
import { securityHeaders } from './middleware/security-headers';
import { BOARD_PATH, serveBoard } from './middleware/serve-board';
import { servePages } from './middleware/serve-pages';
import { writeStream } from './middleware/stream';
import type { Pages } from '../docs/pages';
import type { Shares } from './shares';
import { validator } from './validate';

export interface AppSettings {
  readonly trustProxyHops: number;
  /** Of a tenant, or an address; 0 is no limit. */
  readonly refusedPerMinute: number;
  /** Of a body, where the endpoint has none of its own. */
  readonly bodyBounds: BodyBounds;
  readonly authenticator: Authenticator;
  /** What tenants may hold at once; operators may hold anything. */
  readonly shares?: Shares;
  /** The names it answers to. */
  readonly hosts: Hosts;
  /** Whose pages may use it beside its own. */
  readonly origins?: Origins;
  /** Makes a span of each request, where traces are on. */
  readonly tracing: Tracing | undefined;
  /** What browsers are shown; nothing where it is absent. */
  readonly pages?: Pages;
  /** Loads the board of the queues; it is shown where there are keys. */
  readonly board?: () => Promise<Board>;
}

/** What any request may take beside what its client asked to wait, also when Redis hangs. */
const REQUEST_MS = 1_900;
const NOBODY: Caller = { tenant: '', subject: '', actor: '', scopes: [], limits: NO_LIMITS, seen: new LimitSnapshot() };

/** The order of middleware, and the table of endpoints mounted. */
export function createApp(deps: Deps, endpoints: readonly Endpoint[], settings: AppSettings): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.set('trust proxy', settings.trustProxyHops);
  app.use(requestContext({ metrics: deps.metrics, tracing: settings.tracing, headers: securityHeaders() }));
  const { origins = NO_ORIGINS } = settings;
  if (origins.kind !== 'none') app.use(crossOrigin(origins));
  app.use(guard(settings.hosts, origins));
  const refusedLimit = createRefusedLimit(settings.refusedPerMinute);
  app.get(KEY_CHECK_PATH, checkKey(settings.authenticator, refusedLimit));
  for (const endpoint of endpoints) {
    const path = expressPath(endpoint.path);
    const bounds = endpoint.bodyBounds ?? settings.bodyBounds;
    const steps = endpoint.body ? [refusedLimit.refuseLargeBodies, ...readBody(endpoint, bounds)] : [];
    app[endpoint.method](
      path,
      enter(endpoint, authenticate(settings.authenticator, endpoint.scope)),
      ...steps,
      serve(endpoint, deps, { shares: settings.shares, judge: judgeAgain(settings.authenticator, endpoint.scope) }),
    );
  }
  for (const [path, allow] of methodsByPath(endpoints)) app.all(expressPath(path), otherMethods(allow, origins));
  if (settings.board && settings.authenticator.kind === 'keys')
    app.use(BOARD_PATH, ...serveBoard(settings.authenticator, settings.board));
  if (settings.pages) app.use(servePages(settings.pages));
  app.use((_request, _response, next) => next(new AppError('not_found', 'There is nothing at this path.')));
  app.use(errorHandler(deps.logger, refusedLimit));
  return app;
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Answers what no endpoint of a path takes: a preflight with the methods, all else with a refusal. */
const otherMethods =
  (allow: readonly string[], origins: Origins): RequestHandler =>
  (request, response, next) => {
    if (origins.kind === 'none' || !isPreflight(request))
      return next(new AppError('method_not_allowed', 'This method is not allowed here.', { allow }));
    writeAnswer(response, 204, { 'Access-Control-Allow-Methods': allow.join(', ') }, undefined);
  };

function methodsByPath(endpoints: readonly Endpoint[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of endpoints) {
    const implied = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...implied]);
  }
  return methods;
}

/** Names the route for metrics and logs, and asks who is there before anything else is looked at. */
const enter =
  ({ path }: Endpoint, authenticator: RequestHandler): RequestHandler =>
  (request, response, next) => {
    contextOf(response).route = path;
    void authenticator(request, response, next);
  };

/** The routes have only parameters that stand for one part of the path. */
type RouteParams = Readonly<Record<string, string>>;

interface Gates {
  readonly shares: Shares | undefined;
  readonly judge: JudgeAgain;
}

/** A body may take long to come, and an answer long to be there: a key that was good before may not be any more. */
function serve(endpoint: Endpoint, deps: Deps, { shares, judge }: Gates): RequestHandler<RouteParams> {
  const inputOf = inputReader(endpoint);
  return async (request, response) => {
    const { caller = NOBODY } = contextOf(response);
    const before = endpoint.body && judge(caller);
    if (before) await before;
    if (response.destroyed) return;
    const input = inputOf(request, response);
    const waitMs = (endpoint.waits?.(input) ?? 0) * 1_000;
    const pool = poolOf(endpoint, input, waitMs);
    // Held until the last byte was sent or the client left, so that a slow reader holds its own share.
    if (pool && shares) response.once('close', shares.take(pool, input.tenant));
    const late = (): AppError =>
      new AppError('queue_unavailable', 'The queue did not answer in time.', { retryAfterSeconds: 2 });
    const work = Promise.resolve(endpoint.handler(input, deps));
    const answer = waitMs > 0 ? judged(work, () => judge(caller)) : work;
    send(request, response, await within(REQUEST_MS + waitMs, answer, late));
  };
}

/** What somebody waited for, if they may still have it. An error tells something too. */
async function judged<T>(work: Promise<T>, judge: () => Promise<void> | undefined): Promise<T> {
  try {
    return await work;
  } finally {
    await judge();
  }
}

function poolOf({ pool, method, scope }: Endpoint, input: Input<RouteParams>, waitMs: number) {
  if (scope === 'public') return undefined;
  return pool?.(input) ?? (waitMs > 0 ? 'waits' : method === 'get' ? 'reads' : undefined);
}

function inputReader(endpoint: Endpoint): (request: Request<RouteParams>, response: Response) => Input<RouteParams> {
  const validQuery = endpoint.query && validator(endpoint.query, true);
  const validBody = endpoint.body && validator(endpoint.body);
  const absent = endpoint.bodyMayBeAbsent ? {} : undefined;
  return (request, response) => {
    const context = contextOf(response);
    const { caller = NOBODY } = context;
    const { params } = request;
    if (params['id'] !== undefined && !ID_PATTERN.test(params['id'])) throw noJob();
    return {
      params,
      query: validQuery?.(request.query, '/query'),
      body: validBody?.(request.body ?? absent),
      header: (name) => request.get(name),
      accepts: (types) => request.accepts([...types]) || undefined,
      tenant: caller.tenant,
      caller,
      requestId: context.requestId,
      trace: context.trace,
      get address() {
        return addressOf(request);
      },
      get hungUp() {
        return context.hungUp;
      },
    };
  };
}

function send(
  request: Request<RouteParams>,
  response: Response,
  { status, headers = {}, body, raw, stream }: Answer,
): void {
  if (response.destroyed) return;
  if (stream) return writeStream(request, response, headers, stream);
  if (body === undefined) return writeAnswer(response, status, headers, raw);
  writeAnswer(
    response,
    status,
    { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    JSON.stringify(body),
  );
}
