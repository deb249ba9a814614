import type { IncomingMessage, ServerResponse } from 'node:http';

import { capped } from './answer';
import type { Answer } from './answer';
import { sendError } from '../http/call';
import type { Call } from '../http/call';
import { slugOf, unlistedModel } from '../catalogue';
import type { Model } from '../catalogue';
import { checkBody, checkForModel } from './chat-checks';
import { isObject, readChatRequest, taskOf } from './chat-request';
import type { ChatRequest, Json } from './chat-request';
import { chooseScenario } from '../scenarios/choose-scenario';
import type { Choice } from '../scenarios/choose-scenario';
import { contentFor } from '../content/mode';
import { plainDelivery } from './delivery';
import type { Entry } from '../ledger';
import { numberParam } from '../scenarios/scenario';
import type { Serve } from '../scenarios/scenario';
import { credits402, errorBody, keyLimit402 } from './error-bodies';
import { sendAnswer } from './send-answer';
import type { Simulator } from '../simulator';

const KEY_PREFIX = 'sk-or-v1-sim-';
const NO_KEY = { error: { message: 'No cookie auth credentials found', code: 401 } };
const BAD_KEY = { error: { message: 'User not found.', code: 401 } };
const NOT_JSON = {
  error: { message: 'Input must have at least 1 token.', code: 400, metadata: { provider_name: null } },
};

/** The key of a request, or the 401 body that refuses it. Real keys never work here. */
export function keyOf(req: IncomingMessage): string | typeof NO_KEY {
  const key = /^Bearer\s+(\S+)/i.exec(req.headers.authorization ?? '')?.[1];
  if (key === undefined) return NO_KEY;
  return key.startsWith(KEY_PREFIX) ? key : BAD_KEY;
}

const headerOf = (req: IncomingMessage, name: string): string | undefined => {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** `POST /chat/completions`. */
export function chat(sim: Simulator, req: IncomingMessage, res: ServerResponse, body: Buffer): void {
  const key = keyOf(req);
  const { ledger } = sim;
  const entry = ledger.open(typeof key === 'string' ? key : '', body);
  const noModel = unlistedModel('');
  const call: Call = {
    req,
    res,
    sim,
    entry,
    request: readChatRequest({}),
    model: noModel,
    latencyMs: 0,
    severed: false,
  };
  let current = call;
  res.once('close', () => ledger.close(entry, res.writableFinished, current.severed));
  if (typeof key !== 'string') return sendError(call, 401, key);
  if (body.length > sim.config.max_body_bytes) return sendError(call, 413, errorBody(413, 'Request payload too large'));
  const parsed = parse(body);
  if (!parsed) return sendError(call, 400, NOT_JSON);
  const refusal = checkBody(parsed);
  if (refusal) return sendError(call, refusal.status, refusal.body);
  const request = readChatRequest(parsed);
  entry.models = request.models;
  entry.stream = request.stream;
  route({ ...call, request }, (next) => (current = next));
}

function parse(body: Buffer): Json | null {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function moneyRefusal(sim: Simulator, entry: Entry): object | null {
  const { balance_usd: balance, key_limit_usd: limit } = sim.config;
  if (balance !== null && sim.ledger.totals.cost_usd >= balance) return credits402();
  if (limit !== null && sim.ledger.spentUsd(entry.key_hash) >= limit) return keyLimit402();
  return null;
}

const modelNamed = (sim: Simulator, id: string): Model | null =>
  slugOf(id).model ?? (sim.config.accept_any_model ? unlistedModel(id) : null);

/** Chooses the model and the scenario: the first model whose failure does not pass the call to the next one. */
function route(incoming: Call, become: (call: Call) => void): void {
  const { sim, request, entry, req } = incoming;
  const broke = moneyRefusal(sim, entry);
  if (broke) return sendError(incoming, 402, broke);
  const { concurrency_limit: max } = sim.config;
  if (max !== null && sim.ledger.inFlight > max)
    return sendError(incoming, 429, errorBody(429, 'Rate limit exceeded', { limit_source: 'sim_concurrency_limit' }));
  const header = headerOf(req, 'x-sim-scenario');
  for (const [i, id] of request.models.entries()) {
    const model = modelNamed(sim, id);
    if (!model) return sendError(incoming, 400, errorBody(400, `${id} is not a valid model ID`));
    entry.model = id;
    const refusal = checkForModel(request, model);
    if (refusal) return sendError(incoming, refusal.status, refusal.body);
    const choice = chooseScenario(sim, header, entry.key_hash, id);
    if (typeof choice === 'string')
      return sendError(incoming, 400, errorBody(400, `The stand-in has no scenario called ${choice}`));
    entry.scenario = choice.name;
    if (choice.scenario.failsOver && header === undefined && i + 1 < request.models.length) continue;
    const call = { ...incoming, model, latencyMs: latencyMs(incoming, id, choice) };
    become(call);
    return choice.scenario.run(call, choice.params, serveWith(call, choice));
  }
  sendError(incoming, 400, errorBody(400, 'No models provided'));
}

function latencyMs({ req, sim }: Call, model: string, { params }: Choice): number {
  const header = Number(headerOf(req, 'x-sim-latency-ms') ?? Number.NaN);
  return numberParam(
    params,
    'latency_ms',
    Number.isFinite(header) ? header : (slugOf(model).latencyMs ?? sim.config.latency_ms),
  );
}

/** Serves the call. The scenario may change the answer and its delivery. */
const serveWith =
  (call: Call, choice: Choice): Serve =>
  (change = {}) => {
    const made: Answer = {
      content: content(call.sim, call.model, call.request),
      finishReason: 'stop',
      refusal: null,
      reasoning: null,
      choiceError: null,
      model: call.model.id,
    };
    const changed = change.answer ? change.answer(made) : made;
    const answer = change.uncapped ? changed : capped(changed, call.request.maxTokens);
    if (change.latencyMs !== undefined && choice.params['latency_ms'] === undefined) call.latencyMs = change.latencyMs;
    sendAnswer(call, answer, { ...plainDelivery, ...change.delivery });
  };

const content = (sim: Simulator, model: Model, request: ChatRequest): string =>
  contentFor(model.content, taskOf(request.messages), sim.seed);

/** 404 below `/api/v1` as the API words it. */
export const notFound = { error: { message: 'Not Found', code: 404 } };
