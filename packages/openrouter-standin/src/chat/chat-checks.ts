import type { Model } from '../catalogue';
import { isObject } from './chat-request';
import type { ChatRequest, Json } from './chat-request';
import { tokensOf } from './answer';
import { context400, errorBody, invalidSchema400, parameters404, privacy404 } from './error-bodies';
import { schemaFlaw } from './strict-schema';

/** Why a request is refused before it reaches a model. */
export interface Refusal {
  readonly status: number;
  readonly body: object;
}

const refuse = (status: number, message: string): Refusal => ({ status, body: errorBody(status, message) });
const invalid = refuse(400, 'Invalid request parameters');

const PROVIDER_KEYS = new Set(
  (
    'order only ignore allow_fallbacks require_parameters data_collection zdr sort max_price quantizations ' +
    'preferred_max_latency preferred_min_throughput enforce_distillable_text experimental'
  ).split(' '),
);

const between = (value: unknown, low: number, high: number): boolean =>
  value === undefined || value === null || (typeof value === 'number' && value >= low && value <= high);

const smallMetadata = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (!isObject(value)) return false;
  const pairs = Object.entries(value);
  return (
    pairs.length <= 16 &&
    pairs.every(([key, item]) => key.length <= 64 && typeof item === 'string' && item.length <= 512)
  );
};

type Check = (body: Json) => Refusal | null;
const valid =
  (holds: (body: Json) => boolean): Check =>
  (body) =>
    holds(body) ? null : invalid;

/** The checks of the body, in the order the service makes them. */
const BODY_CHECKS: readonly Check[] = [
  (body) =>
    Array.isArray(body['messages']) || typeof body['prompt'] === 'string'
      ? null
      : refuse(400, 'Input required: specify "prompt" or "messages"'),
  (body) =>
    Array.isArray(body['messages']) && body['messages'].length === 0
      ? refuse(400, 'Input must have at least 1 token.')
      : null,
  (body) =>
    Array.isArray(body['models']) && body['models'].length > 3
      ? refuse(400, "'models' array must have 3 items or fewer.")
      : null,
  (body) => {
    const unknown = isObject(body['provider'])
      ? Object.keys(body['provider']).find((key) => !PROVIDER_KEYS.has(key))
      : undefined;
    return unknown === undefined ? null : refuse(400, `Unrecognized key(s) in object: '${unknown}'`);
  },
  valid((body) => between(body['max_tokens'], 1, Infinity) && between(body['max_completion_tokens'], 1, Infinity)),
  valid((body) => between(body['temperature'], 0, 2)),
  valid(({ session_id: id }) => typeof id !== 'string' || id.length <= 256),
  valid((body) => !Array.isArray(body['stop']) || body['stop'].length <= 4),
  valid((body) => smallMetadata(body['metadata'])),
  valid((body) => {
    const effort = isObject(body['reasoning']) ? body['reasoning']['effort'] : undefined;
    return effort === undefined || body['reasoning_effort'] === undefined || effort === body['reasoning_effort'];
  }),
];

/** Checks a parsed body. Null: it is valid. */
export function checkBody(body: Json): Refusal | null {
  for (const check of BODY_CHECKS) {
    const refusal = check(body);
    if (refusal) return refusal;
  }
  return null;
}

/** Request fields that a model must support when `require_parameters` is set. */
const NEEDED_PARAMETERS = ['temperature', 'top_p', 'seed', 'stop', 'response_format'];

function neededParameters(request: ChatRequest): string[] {
  const needed = NEEDED_PARAMETERS.filter((name) => request.raw[name] !== undefined);
  return request.responseFormat?.['type'] === 'json_schema' ? [...needed, 'structured_outputs'] : needed;
}

function checkRouting(request: ChatRequest, model: Model): Refusal | null {
  const provider = isObject(request.raw['provider']) ? request.raw['provider'] : {};
  if (provider['data_collection'] === 'deny' && model.id.endsWith(':free'))
    return { status: 404, body: privacy404('Free model training') };
  if (provider['zdr'] === true && !model.zdr) return { status: 404, body: privacy404('Zero data retention') };
  const missing = neededParameters(request).some((name) => !model.parameters.includes(name));
  return provider['require_parameters'] === true && missing ? { status: 404, body: parameters404() } : null;
}

function checkSchema(request: ChatRequest, model: Model): Refusal | null {
  const format = request.responseFormat;
  if (!model.strictSchema || format?.['type'] !== 'json_schema' || !isObject(format['json_schema'])) return null;
  const { name, strict, schema } = format['json_schema'];
  const flaw = strict === true ? schemaFlaw(schema) : null;
  return flaw === null ? null : { status: 400, body: invalidSchema400(model.provider, String(name), flaw) };
}

/** Checks a request against the model that will answer it. */
export function checkForModel(request: ChatRequest, model: Model): Refusal | null {
  const refusal = checkRouting(request, model) ?? checkSchema(request, model);
  if (refusal) return refusal;
  const reasoning = isObject(request.raw['reasoning']) ? request.raw['reasoning'] : {};
  const off = reasoning['effort'] === 'none' || reasoning['enabled'] === false;
  if (model.reasoning === 'mandatory' && off)
    return refuse(400, 'Reasoning is mandatory for this endpoint and cannot be disabled.');
  const needed = request.messages.reduce((sum, { content }) => sum + tokensOf(content), 0) + (request.maxTokens ?? 0);
  return needed > model.contextTokens ? { status: 400, body: context400(model.contextTokens, needed) } : null;
}
