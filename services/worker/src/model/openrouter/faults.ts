import { ModelError, type ModelUsage, type Rule, type RuleParts, rule } from '../port';

/** The tables of reasons are made of these. */
export const UNAVAILABLE: RuleParts = ['model_unavailable', 'backoff', 'no'];
export const UNAVAILABLE_MAYBE: RuleParts = ['model_unavailable', 'backoff', 'maybe'];
export const REJECTED: RuleParts = ['model_rejected', 'never', 'no'];
export const TOO_BIG: RuleParts = ['model_rejected', 'change', 'no'];

export const BUDGET: RuleParts = ['model_budget', 'never', 'no'];

/** Every status with a meaning of its own. A proxy's timeout (408, 504, 520, 524) does not say what the model did. */
const STATUSES: Readonly<Record<string, RuleParts>> = {
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
};

/** A new status may appear without notice. Its hundred decides, and keeps the labels of metrics a closed set. */
const HUNDREDS: readonly (readonly [hundred: number, parts: RuleParts])[] = [
  [1, UNAVAILABLE],
  [2, UNAVAILABLE_MAYBE],
  [3, REJECTED],
  [4, REJECTED],
];

/** What a status means by itself. */
export function statusRule(status: number): Rule {
  const known = STATUSES[status];
  if (known) return rule(`http_${status}`, known);
  const [hundred, parts] = HUNDREDS.find(([first]) => first === Math.floor(status / 100)) ?? [5, UNAVAILABLE_MAYBE];
  return rule(`http_${hundred}xx`, parts);
}

const FAULTS = {
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

/** What can go wrong without an error of the API: the network, our deadlines, an answer that is none. */
export type Fault = keyof typeof FAULTS;

/** The error of a fault of ours or the network's. A call that was never sent is never billed. */
export const faultError = (
  fault: Fault,
  { sent = true, usage = null }: { sent?: boolean; usage?: ModelUsage | null } = {},
): ModelError => {
  const decided = rule(fault, FAULTS[fault]);
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
