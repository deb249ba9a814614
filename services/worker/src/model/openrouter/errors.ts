import { type ModelUsage, ModelError, type Rule, type RuleParts, rule } from '../port';
import { BUDGET, REJECTED, statusRule, TOO_BIG, UNAVAILABLE } from './faults';
import { type Json, objectOf } from '@flashcards/shared/runtime/json';
import { hintOf } from './retry-hint';

const word = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/**
 * An error of OpenRouter's, opened once. `message` is its text for people: it is matched against patterns and never
 * kept.
 */
interface Opened {
  readonly status: number;
  readonly error: Json;
  readonly metadata: Json;
  readonly availability: Json;
  readonly type: string;
  readonly source: string;
  readonly message: string;
  readonly headers: Json;
}

/** Words that stand where a status is expected, and OpenRouter's own vocabulary of error types. */
const STATUS_OF_WORD: Readonly<Record<string, number>> = {
  server_error: 500,
  internal_server_error: 500,
  server: 500,
  unmapped: 500,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  capacity_exhausted: 429,
  insufficient_quota: 402,
  payment_required: 402,
  authentication: 401,
  authentication_error: 401,
  invalid_api_key: 401,
  permission_denied: 403,
  not_found: 404,
  payload_too_large: 413,
  unprocessable: 422,
  provider_unavailable: 502,
  provider_overloaded: 503,
  overloaded_error: 503,
  temporarily_unavailable: 503,
  timeout: 504,
  invalid_request: 400,
  invalid_request_error: 400,
  invalid_prompt: 400,
  content_policy_violation: 400,
  refusal: 400,
  context_length_exceeded: 400,
  max_tokens_exceeded: 400,
  token_limit_exceeded: 400,
  string_too_long: 400,
  precondition_failed: 412,
  ZodError: 400,
};

const asStatus = (value: unknown): number | null => {
  const known = typeof value === 'string' && Object.hasOwn(STATUS_OF_WORD, value) ? STATUS_OF_WORD[value] : undefined;
  const status = known ?? Number(value);
  return Number.isInteger(status) && status >= 300 && status <= 599 ? status : null;
};

/** Inside a 200 the error's own code is the only status. It may be a word, or missing. */
const statusOf = (http: number, error: Json, metadata: Json): number => {
  if (http < 200 || http > 299) return http;
  const places = [
    error['code'],
    error['http_status'],
    metadata['error_type'],
    error['error_type'],
    error['type'],
    error['name'],
  ];
  return places.map(asStatus).find((status) => status !== null) ?? 502;
};

const MAX_MESSAGE_CHARACTERS = 8192;

const open = (http: number, raw: unknown, headers: Json): Opened => {
  const error = objectOf(raw);
  const metadata = objectOf(error['metadata']);
  const message = `${word(raw)} ${textOf(error['message'])} ${textOf(metadata['raw'])}`.slice(
    0,
    MAX_MESSAGE_CHARACTERS,
  );
  const type = word(metadata['error_type']) || word(error['error_type']) || word(error['code']);
  const source = word(metadata['limit_source']) || word(error['limit_source']);
  return {
    status: statusOf(http, error, metadata),
    error,
    metadata,
    availability: objectOf(error['availability']),
    type,
    source,
    message,
    headers,
  };
};

interface Kind {
  readonly statuses: readonly number[];
  readonly is: (opened: Opened) => boolean;
  readonly rule: Rule;
}
const kind = (statuses: readonly number[], reason: string, parts: RuleParts, is: Kind['is']): Kind => ({
  statuses,
  is,
  rule: rule(reason, parts),
});
const mentions = (pattern: RegExp) => (opened: Opened) => pattern.test(opened.message);
const available = (opened: Opened, ...codes: string[]): boolean => codes.includes(word(opened.availability['code']));
const UNSUPPORTED =
  /invalid schema for response_format|(json_schema|json_object|response_format|structured.?outputs?|json mode)['"`]?.{0,40}(not supported|unsupported|not available|unavailable)|(does not|doesn't|do not|cannot|not) support.{0,40}(json_schema|json_object|response_format|structured.?output|json mode)|(unsupported|unknown|unrecognized|invalid).{0,24}response_format|must contain the word/i;

/**
 * Where one status has several meanings, the first row that fits decides. Texts for people are read only where no
 * field says it.
 */
const KINDS: readonly Kind[] = [
  kind(
    [402],
    'in_flight_budget',
    ['model_rate_limited', 'pause', 'no'],
    (o) => o.source === 'openrouter_in_flight_budget' || o.metadata['reason'] === 'in_flight_budget_exhausted',
  ),
  kind(
    [402],
    'request_too_dear',
    ['model_budget', 'change', 'no'],
    (o) => o.metadata['reason'] === 'weight_exceeds_budget',
  ),
  kind(
    [402],
    'request_too_dear',
    ['model_budget', 'change', 'no'],
    (o) => o.source === '' && /can only afford [1-9]|prompt tokens limit exceeded/i.test(o.message),
  ),
  kind([402], 'key_limit', BUDGET, (o) => o.source === 'openrouter_key_limit'),
  kind([403], 'budget', BUDGET, (o) => /budget|key_limit|credits/.test(o.source)),
  kind([403], 'budget', BUDGET, mentions(/budget of .{1,40} exceeded|key limit exceeded/i)),
  kind(
    [403],
    'moderation',
    REJECTED,
    (o) => Array.isArray(o.metadata['reasons']) || o.metadata['flagged_input'] !== undefined,
  ),
  kind(
    [403],
    'guardrail',
    REJECTED,
    (o) => Array.isArray(o.metadata['patterns']) || /^\s*request blocked/i.test(o.message),
  ),
  kind([403], 'key_type', ['model_auth', 'never', 'no'], mentions(/management key/i)),
  kind([403], 'region', REJECTED, (o) => available(o, 'region_restricted')),
  kind([404], 'no_endpoint_now', UNAVAILABLE, (o) => o.availability['retryable'] === true),
  kind(
    [404],
    'no_endpoint_privacy',
    REJECTED,
    (o) =>
      available(o, 'privacy_restricted') ||
      /data policy/i.test(`${o.message} ${word(o.metadata['failed_routing_step'])}`),
  ),
  kind(
    [404],
    'no_endpoint_parameters',
    REJECTED,
    (o) =>
      available(o, 'constraint_filtered') || /requested parameters|no endpoints found that support/i.test(o.message),
  ),
  kind(
    [404],
    'no_endpoint_model',
    REJECTED,
    (o) =>
      available(o, 'no_endpoints', 'model_deprecated', 'model_unavailable_upstream', 'free_variant_ended') ||
      /no endpoints found for|no allowed providers/i.test(o.message),
  ),
  kind(
    [400],
    'context_length',
    TOO_BIG,
    (o) =>
      ['context_length_exceeded', 'max_tokens_exceeded', 'token_limit_exceeded', 'string_too_long'].includes(o.type) ||
      /context length|context window/i.test(o.message),
  ),
  kind([400, 404, 422, 501], 'unsupported_format', REJECTED, mentions(UNSUPPORTED)),
  kind([400], 'content_policy', REJECTED, (o) =>
    ['content_policy_violation', 'refusal', 'invalid_prompt'].includes(o.type),
  ),
  kind(
    [400, 404],
    'unknown_model',
    REJECTED,
    (o) =>
      available(o, 'model_not_found') || /not a valid model|model.{0,80}(not found|does not exist)/i.test(o.message),
  ),
];

/** Reasons that mean: this model or its providers cannot do the format that was asked for. Never one of privacy. */
export const FORMAT_REASONS: ReadonlySet<string> = new Set(['unsupported_format', 'no_endpoint_parameters']);

const decide = (opened: Opened): Rule =>
  KINDS.find((row) => row.statuses.includes(opened.status) && row.is(opened))?.rule ?? statusRule(opened.status);

/**
 * The error of an answer whose status is not 200. `error` is the body's `error`, of any shape; undefined when the
 * body was not OpenRouter's.
 */
export const statusError = (status: number, headers: Json, error: unknown, now = Date.now()): ModelError => {
  const opened = open(status, error, headers);
  const decided = decide(opened);
  return new ModelError(decided, hintOf(opened, decided, now));
};

/** What had arrived when an error came inside a 200. */
export interface Progress {
  readonly content: boolean;
  readonly usage: ModelUsage | null;
}

/** The error inside a 200 means what its own code means. After some content the call may still be billed. */
export const insideError = (
  error: unknown,
  headers: Json,
  { content, usage }: Progress,
  now = Date.now(),
): ModelError => {
  const opened = open(200, error, headers);
  const decided = decide(opened);
  const reason = decided.reason.startsWith('http_') ? (content ? 'error_mid_stream' : 'error_in_200') : decided.reason;
  return new ModelError(
    { ...decided, reason, billed: content ? 'maybe' : decided.billed },
    hintOf(opened, decided, now),
    usage,
  );
};
