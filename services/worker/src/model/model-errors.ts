import type { JobErrorCode } from '@flashcards/shared/contract/errors';

/**
 * What to do about a failed call:
 * - `never`: the same call fails again; - `backoff`: repeat later, growing;
 * - `pause`: nobody calls this model before `retryAfterMs`; - `change`: repeat with something changed (less text, fewer cards, another model).
 */
export type ModelAction = 'never' | 'backoff' | 'pause' | 'change';
export type Billed = 'no' | 'yes' | 'maybe';

/** Tokens and US dollars of one call; `cost_usd` is null while unknown. */
export interface ModelUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number | null;
}

/** What is decided about a failure. */
export interface Rule {
  readonly code: JobErrorCode;
  readonly action: ModelAction;
  readonly billed: Billed;
  readonly reason: string;
}
export type RuleParts = readonly [code: JobErrorCode, action: ModelAction, billed: Billed];

export const rule = (reason: string, [code, action, billed]: RuleParts): Rule => ({ code, action, billed, reason });
const rules = <K extends string | number>(
  table: Readonly<Record<K, RuleParts>>,
  prefix = '',
): ReadonlyMap<string, Rule> =>
  new Map(Object.entries<RuleParts>(table).map(([key, parts]) => [key, rule(prefix + key, parts)]));

/** What failures have in common: the tables of reasons are made of these. */
export const UNAVAILABLE: RuleParts = ['model_unavailable', 'backoff', 'no'];
export const UNAVAILABLE_MAYBE: RuleParts = ['model_unavailable', 'backoff', 'maybe'];
export const REJECTED: RuleParts = ['model_rejected', 'never', 'no'];
export const TOO_BIG: RuleParts = ['model_rejected', 'change', 'no'];

export const BUDGET: RuleParts = ['model_budget', 'never', 'no'];

/** Every status with a meaning of its own. A proxy's timeout (408, 504, 520, 524) says nothing of what the model did behind it. */
const STATUSES = rules(
  {
    400: REJECTED,
    401: ['model_auth', 'never', 'no'],
    402: BUDGET,
    403: REJECTED,
    404: REJECTED,
    408: UNAVAILABLE_MAYBE,
    413: TOO_BIG,
    422: REJECTED,
    429: ['model_rate_limited', 'pause', 'no'],
    500: UNAVAILABLE,
    502: UNAVAILABLE,
    503: UNAVAILABLE,
    504: UNAVAILABLE_MAYBE,
    520: UNAVAILABLE_MAYBE,
    521: UNAVAILABLE,
    522: UNAVAILABLE_MAYBE,
    523: UNAVAILABLE,
    524: UNAVAILABLE_MAYBE,
    525: UNAVAILABLE,
    529: UNAVAILABLE,
    530: UNAVAILABLE,
  },
  'http_',
);

/** New statuses may appear without notice: their hundred decides, and keeps the word for logs and metrics in a closed set. */
const HUNDREDS = rules(
  { '1xx': UNAVAILABLE, '2xx': UNAVAILABLE_MAYBE, '3xx': REJECTED, '4xx': REJECTED, '5xx': UNAVAILABLE_MAYBE },
  'http_',
);

/** What a status means by itself. */
export const statusRule = (status: number): Rule =>
  STATUSES.get(String(status)) ?? HUNDREDS.get(`${Math.floor(status / 100)}xx`) ?? (HUNDREDS.get('5xx') as Rule);

const FAULT_PARTS = {
  refused: UNAVAILABLE_MAYBE,
  dns: UNAVAILABLE_MAYBE,
  unreachable: UNAVAILABLE_MAYBE,
  tls: UNAVAILABLE_MAYBE,
  hang_connect: UNAVAILABLE_MAYBE,
  hang_headers: UNAVAILABLE_MAYBE,
  hang_first_content: UNAVAILABLE_MAYBE,
  hang_content: UNAVAILABLE_MAYBE,
  deadline: UNAVAILABLE_MAYBE,
  aborted: UNAVAILABLE_MAYBE,
  reset: UNAVAILABLE_MAYBE,
  bad_http: UNAVAILABLE_MAYBE,
  network: UNAVAILABLE_MAYBE,
  empty_body: UNAVAILABLE_MAYBE,
  html: UNAVAILABLE,
  text: UNAVAILABLE_MAYBE,
  no_finish: UNAVAILABLE_MAYBE,
  no_choices: ['model_output_invalid', 'backoff', 'maybe'],
  bad_event: ['model_output_invalid', 'backoff', 'maybe'],
  too_large: ['model_output_invalid', 'change', 'maybe'],
  blank: ['model_output_invalid', 'change', 'yes'],
  content_filter: ['model_rejected', 'never', 'yes'],
  refusal: ['model_rejected', 'never', 'yes'],
  finish_error: UNAVAILABLE_MAYBE,
  model_not_allowed: REJECTED,
  request_too_large: TOO_BIG,
} satisfies Record<string, RuleParts>;

/** What can go wrong without an error of OpenRouter's: the network, our deadlines, an answer that is none. */
export type Fault = keyof typeof FAULT_PARTS;
const FAULTS = rules(FAULT_PARTS);

/**
 * A failed call. It carries words from closed sets and numbers only: nothing of a prompt, an answer or a key can be in it,
 * so it has no `cause`. `usage` is what the call cost or may have cost; null when nothing was spent.
 */
export class ModelError extends Error {
  readonly code: JobErrorCode;
  readonly action: ModelAction;
  readonly billed: Billed;
  /** One word from a closed set, for logs and metrics. */
  readonly reason: string;
  readonly retryAfterMs: number | null;
  readonly usage: ModelUsage | null;
  /** The call's id at the model's API, where it told one: its bill may be asked for. */
  generationId: string | null = null;

  constructor(decided: Rule, retryAfterMs: number | null = null, usage: ModelUsage | null = null) {
    super(`The model call failed: ${decided.reason}`);
    this.name = 'ModelError';
    this.code = decided.code;
    this.action = decided.action;
    this.reason = decided.reason;
    this.retryAfterMs = retryAfterMs;
    this.billed = billedWith(usage, decided.billed);
    this.usage = usage ?? (this.billed === 'no' ? null : UNKNOWN_USAGE);
  }
}

/** A call of which only this is known: it may have cost something. */
export const UNKNOWN_USAGE: ModelUsage = { input_tokens: 0, output_tokens: 0, cost_usd: null };

const billedWith = (usage: ModelUsage | null, otherwise: Billed): Billed => {
  if (usage === null || usage.cost_usd === null) return otherwise;
  return usage.cost_usd > 0 ? 'yes' : 'no';
};

/** Of a fault of ours or the network's. What was never sent is never billed. */
export const faultError = (
  fault: Fault,
  { sent = true, usage = null }: { sent?: boolean; usage?: ModelUsage | null } = {},
): ModelError => {
  const decided = FAULTS.get(fault) as Rule;
  return new ModelError(sent ? decided : { ...decided, billed: 'no' }, null, usage);
};

const NETWORK_FAULTS: readonly (readonly [RegExp, Fault])[] = [
  [/^HANG_CONNECT$/, 'hang_connect'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ENOTFOUND|EAI_)/, 'dns'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)$/, 'unreachable'],
  [/CERT|^ERR_(TLS|SSL)|^EPROTO$|UNABLE_TO_/, 'tls'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/, 'reset'],
  [/^(HPE_|Z_)/, 'bad_http'],
  [/^ERR_BAD_REQUEST$/, 'request_too_large'],
];

/** The fault behind an error code of Node's, zlib's or axios'. */
export const networkFault = (code: string): Fault =>
  NETWORK_FAULTS.find(([pattern]) => pattern.test(code))?.[1] ?? 'network';
